"""encounter-start and encounter-discharge."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import AXI_CEL, NOW, alert, axi_cel, bundle, draft, given, ice, outcome, quantity, stay_call
from tests.hooks.client import Client
from tests.hooks.test_orders import DEXAMETHASONE, answered, found
from tests.hooks.test_refusals import refused

START, DISCHARGE = "encounter-start", "encounter-discharge"


@pytest.mark.requirement("hooks:H4")
def test_a_stay_with_cells_ordered_and_no_baseline(client: Client) -> None:
    ordered = draft(AXI_CEL, id="m-1", status="active")
    answer = answered(client, stay_call(START, orders=bundle(ordered)))

    assert [("cart-without-baseline", "MedicationRequest/m-1")] == found(answer)
    (card,) = answer["cards"]
    assert "Axicabtagene ciloleucel ordered, no baseline ICE in the last 14 days" in card["summary"]
    assert ["Task"] == [suggestion["actions"][0]["resource"]["resourceType"] for suggestion in card["suggestions"]]


def test_a_stay_with_cells_ordered_and_a_baseline_is_silence(client: Client) -> None:
    ordered = draft(AXI_CEL, status="active")

    assert [] == answered(client, stay_call(START, orders=bundle(ordered), neuro=bundle(ice(10, 48))))["cards"]


def test_discharge_with_icans_is_as_urgent_as_the_grade(client: Client) -> None:
    answer = answered(client, stay_call(DISCHARGE, neuro=bundle(ice(2), alert()), therapy=bundle(axi_cel())))

    assert ("discharge-unresolved", None) == found(answer)[0]
    assert ["critical", "warning", "info"] == [card["indicator"] for card in answer["cards"]]


def test_discharge_with_grade_1_is_a_warning(client: Client) -> None:
    answer = answered(client, stay_call(DISCHARGE, neuro=bundle(ice(8), alert()), therapy=bundle(axi_cel())))

    assert "warning" == answer["cards"][0]["indicator"]


def test_discharge_of_somebody_without_icans_is_silence(client: Client) -> None:
    therapy = bundle(axi_cel(57))
    assert [] == answered(client, stay_call(DISCHARGE, neuro=bundle(ice(10), alert()), therapy=therapy))["cards"]


@pytest.mark.rule("E1")
def test_discharge_on_a_corticosteroid(client: Client) -> None:
    course = bundle(ice(5, 30), alert(30), ice(10), alert())
    running = given(DEXAMETHASONE, 10, dosage={"dose": quantity(10, "mg")})
    answer = answered(client, stay_call(DISCHARGE, neuro=course, therapy=bundle(axi_cel()), drugs=bundle(running)))

    assert ("taper-running", None) in found(answer)
    card = next(card for card in answer["cards"] if card["source"]["topic"]["code"] == "taperRunning")
    assert "Discharge on dexamethasone for ICANS" in card["summary"]


@pytest.mark.parametrize("hook", [START, DISCHARGE])
@pytest.mark.parametrize("encounter", [None, "", "e/1"])
@pytest.mark.requirement("hooks:R5")
def test_a_stay_has_an_encounter(client: Client, hook: str, encounter: Any) -> None:
    body = stay_call(hook)
    body["context"]["encounterId"] = encounter

    assert "encounterId" in refused(client.post(body, f"/cds-services/icans-{hook}"), 422)


@pytest.mark.parametrize("hook", [START, DISCHARGE])
@pytest.mark.requirement("hooks:R3")
def test_without_the_needed_data_it_is_412(client: Client, hook: str) -> None:
    assert "patient (needed)" in refused(
        client.post(stay_call(hook) | {"prefetch": {}}, f"/cds-services/icans-{hook}"), 412
    )


@pytest.mark.parametrize("hook", [START, DISCHARGE])
def test_what_was_asked_for_in_vain_is_told_and_never_silence(client: Client, hook: str) -> None:
    answer = answered(client, stay_call(hook, neuro=outcome()))

    assert ["icansDataMissing"] == [card["source"]["topic"]["code"] for card in answer["cards"]]


def test_a_stay_begins_with_a_plan(client: Client) -> None:
    therapy = bundle(axi_cel(4))
    answer = answered(client, stay_call(START, neuro=bundle(ice(10, 110), ice(9, 1), alert()), therapy=therapy))

    assert [("monitoring-plan", None)] == found(answer)
    (card,) = answer["cards"]
    assert "info" == card["indicator"]
    assert "- **Risk factors** (not part of the grade)\n  - CD28 product, axi-cel (" in card["detail"]
    assert "next ICE by" in card["detail"]


def test_discharge_within_the_days_of_daily_checks(client: Client) -> None:
    answer = answered(client, stay_call(DISCHARGE, neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel(6))))

    assert ["daily-monitoring-continues", "discharge-instructions"] == [finding for finding, _ in found(answer)]
    checks, instructions = answer["cards"]
    assert "days left: 1" in checks["summary"]
    assert "Yescarta US label" in checks["detail"]
    assert "Do not drive until 16 March 2026" in instructions["detail"]
    assert "Wallet card" in instructions["detail"]
    assert "links" not in instructions


@pytest.mark.requirement("hooks:L1")
def test_the_sites_own_pages_are_linked_at_discharge() -> None:
    settings = Settings(demo=True, wallet_card_url="https://ward.example/card", handout_url="https://ward.example/h")
    own = Client(create_app(settings, now=lambda: NOW).test_client())
    answer = answered(own, stay_call(DISCHARGE, neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel(20))))

    (card,) = answer["cards"]
    assert [
        {"label": "Wallet card", "url": "https://ward.example/card", "type": "absolute"},
        {"label": "Handout for patients", "url": "https://ward.example/h", "type": "absolute"},
    ] == card["links"]
