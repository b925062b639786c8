"""The patient's leaflet is on the card at discharge and in the extension, for the product and the region."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, given, ice, patient, stay_call
from tests.hooks.client import Client, evaluation
from tests.hooks.test_orders import answered

DISCHARGE = "encounter-discharge"
LISO_CEL, CILTA_CEL, TISA_CEL, IDE_CEL = "2479136", "2594775", "1986438", "2536430"
SPANISH = [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es-US"}]}, "preferred": True}]


@pytest.fixture(scope="module")
def europe() -> Client:
    return Client(create_app(Settings(demo=True, region="eu"), now=lambda: NOW).test_client())


def leaving(client: Client, code: str = "", days: float = 3, **person: Any) -> dict[str, Any]:
    dose = given(code, days * 24) if code else axi_cel(days)
    keys = {"neuro": bundle(ice(10), alert()), "therapy": bundle(dose), "patient": patient(**person)}
    return answered(client, stay_call(DISCHARGE, **keys))


def instructions(answer: dict[str, Any]) -> dict[str, Any]:
    return next(card for card in answer["cards"] if "dischargeInstructions" == card["source"]["topic"]["code"])


def test_the_whole_leaflet_is_on_the_card_and_marked_as_for_the_patient(client: Client) -> None:
    detail = instructions(leaving(client))["detail"]

    begin = detail.index("**The lines from here on are for the patient** (English): read them out, or hand them over.")
    end = detail.index("*End of what is for the patient.* Days by the Yescarta US label, text of July 2026.")
    leaflet = detail[begin:end]
    assert [] == [
        line
        for line in (
            "**Your checks, staying near, and driving**\n- Your team must see you every day until 12 March 2026",
            "- a temperature of 38 °C (100.4 °F) or higher",
            "**Call 911 at once for:**\n- a seizure",
            "**Questions to ask your team before you leave:**\n- Which number do I call about signs or questions",
            "**Wallet card. Keep it with you and show it to any doctor or nurse:**\n- I had cell therapy",
        )
        if line not in leaflet
    ]
    assert "ICANS can begin at home" not in leaflet


def test_a_spanish_speaker_gets_it_in_spanish_and_a_bilingual_wallet_card(client: Client) -> None:
    detail = instructions(leaving(client, communication=SPANISH))["detail"]

    assert "are for the patient** (español)" in detail
    assert "- No conduzca hasta el 19 de marzo de 2026 (faltan 11 días)." in detail
    assert "**Preguntas para su equipo antes de irse:**" in detail
    assert "- Recibí terapia celular" in detail
    assert "- I had cell therapy" in detail
    assert "Do not drive" not in detail


def test_the_extension_has_it_in_every_language(client: Client) -> None:
    findings = {one["finding"]: one for one in evaluation(leaving(client))["findings"]}

    leaflet = findings["discharge-instructions"]["forPatient"]
    assert {"en", "es"} == set(leaflet)
    assert "Your checks, staying near, and driving" == leaflet["en"]["title"]
    assert "Do not drive until 19 March 2026 (11 more days)." == leaflet["en"]["driving"][0]
    assert (
        "¿A qué número llamo si tengo señales o preguntas, también de noche y los fines de semana?"
        == leaflet["es"]["questions"][1]
    )
    assert "Yescarta US label, text of July 2026" == leaflet["es"]["source"]
    assert "forPatient" not in findings["daily-monitoring-continues"]


@pytest.mark.parametrize(
    ("code", "days", "said"),
    [
        (LISO_CEL, 6, "checks 2-3 times in the first week, until 09 Mar"),
        (LISO_CEL, 7, ""),
        (TISA_CEL, 6, "checks 2-3 times in the first week, until 09 Mar"),
        (TISA_CEL, 7, ""),
        (IDE_CEL, 6, "checks in the first week, until 09 Mar"),
        (IDE_CEL, 7, ""),
        (CILTA_CEL, 13, ""),
        (CILTA_CEL, 14, "regular checks continue until 22 Mar"),
        (CILTA_CEL, 27, "regular checks continue until 09 Mar"),
        (CILTA_CEL, 28, ""),
    ],
)
def test_checks_that_are_not_daily_are_on_the_card(europe: Client, code: str, days: int, said: str) -> None:
    answer = leaving(europe, code, days)
    card = instructions(answer)

    assert bool(said) == ("checks" in card["summary"])
    assert said in card["summary"]
    assert ("Give the place and time of each visit" in card["detail"]) == bool(said)
    daily = [one for one in evaluation(answer)["findings"] if "daily-monitoring-continues" == one["finding"]]
    assert bool(daily) == (code == CILTA_CEL and days == 13)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            LISO_CEL,
            "By the Breyanzi label: seen 2-3 times in the first 7 days after the dose; then as judged; near the",
        ),
        (
            CILTA_CEL,
            "seen every day for 14 days after the dose; then regularly for 14 more days; near the centre for 28",
        ),
        (IDE_CEL, "watched in the first 7 days after the dose; then as judged; within 2 h of the centre for 14 days"),
    ],
)
def test_an_admission_orders_the_checks_of_the_label(europe: Client, code: str, expected: str) -> None:
    keys = {"neuro": bundle(ice(10, 110), ice(9), alert()), "therapy": bundle(given(code, 96))}

    (card,) = answered(europe, stay_call("encounter-start", **keys))["cards"]

    assert expected in card["detail"]


@pytest.mark.parametrize(("region", "number"), [("us", "911"), ("eu", "112")])
def test_the_emergency_number_is_that_of_the_region(region: str, number: str) -> None:
    app = create_app(Settings(demo=True, region=region), now=lambda: NOW)

    assert f"Call {number} at once for:" in instructions(leaving(Client(app.test_client())))["detail"]
