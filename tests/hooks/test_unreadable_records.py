"""A record that cannot be used is never treated as if it did not exist."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    LOINC,
    RXNORM,
    alert,
    axi_cel,
    bundle,
    coded,
    given,
    ice,
    observation,
    patient,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, evaluation

NO_SHOCK = (
    observation("8480-6", 1, LOINC, valueQuantity=quantity(120, "mm[Hg]")),
    observation("59408-5", 1, LOINC, valueQuantity=quantity(97, "%")),
    coded("oxygen-device", "room-air"),
)
UNKNOWN = {"medicationReference": {"reference": "Medication/m-404"}}


def unknown_drug(hours: float, **more: Any) -> dict[str, Any]:
    """An administration of a drug that was not included."""
    resource = given("", hours, RXNORM, **UNKNOWN, **more)
    del resource["medicationCodeableConcept"]
    return resource


@pytest.mark.rule("T3")
def test_a_drug_that_was_not_included_may_have_been_the_therapy(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=bundle(unknown_drug(120))))

    (card,) = answer["cards"]
    assert "(therapy not known)" in card["summary"]
    assert "Drugs that were given but could not be read: 1." in card["detail"]
    assert "No cell therapy or engager was found" not in card["detail"]
    assert ("therapy", "not-recorded") not in {(gap["concept"], gap["kind"]) for gap in evaluation(answer)["gaps"]}


@pytest.mark.rule("A1")
@pytest.mark.parametrize("named", [{"text": "saline"}, {"coding": []}, {"coding": [{"display": "saline"}]}])
def test_a_drug_without_a_code_may_have_been_the_therapy(client: Client, named: dict[str, Any]) -> None:
    wordy = given("", 120, medicationCodeableConcept=named)

    (card,) = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=bundle(wordy)))["cards"]

    assert "(therapy not known)" in card["summary"]


def test_a_drug_by_a_local_code_is_another_drug(client: Client) -> None:
    (card,) = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=bundle(given("NACL", 120, "urn:oid:1.2.3"))))[
        "cards"
    ]

    assert "(CAR-T or engager not recorded)" in card["summary"]


def test_a_drug_that_was_not_included_may_sedate(client: Client) -> None:
    therapy = bundle(axi_cel(), unknown_drug(2))

    card = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=therapy))["cards"][0]

    assert "Not all drugs are known: sedation" in card["detail"]


@pytest.mark.parametrize("hours", [24 * 45 + 1, 24 * 300])
def test_an_old_unknown_drug_does_not_sedate_now(client: Client, hours: float) -> None:
    therapy = bundle(axi_cel(), unknown_drug(hours))

    card = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=therapy))["cards"][0]

    assert "Not all drugs are known" not in card["detail"]


def test_an_unknown_drug_that_was_never_given_is_ignored(client: Client) -> None:
    therapy = bundle(unknown_drug(120, status="not-done"))

    card = client.call(prefetch(neuro=bundle(ice(2), alert()), therapy=therapy))["cards"][0]

    assert "(CAR-T or engager not recorded)" in card["summary"]
    assert "Drugs that were given but could not be read" not in card["detail"]


@pytest.mark.parametrize(
    ("record", "domain", "what"),
    [
        (observation("seizure", valueString="tonic clonic seizure 2 min"), "seizure", "seizure"),
        (observation("motor-finding", valueString="left hemiparesis"), "motor", "motor finding"),
        (observation("neuroimaging", valueString="diffuse cerebral oedema"), "imaging", "neuroimaging"),
        (coded("seizure", "clinical-generalised", status="preliminary"), "seizure", "seizure"),
        (observation("avpu", system="http://x.example", valueString="?"), "", ""),
    ],
)
def test_an_unusable_neurological_record_is_reported_first(
    client: Client, record: dict[str, Any], domain: str, what: str
) -> None:
    neuro = bundle(ice(10, 2), alert(2), record)

    (card,) = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))["cards"]

    first = card["detail"].splitlines()[2]
    assert bool(domain) == first.startswith("- Recorded but not usable here, so not graded: ")
    assert bool(domain) == (f"| {domain} | recorded, but not readable here | - | 0 to 4 |" in card["detail"])
    assert bool(what) == (f"- {what.capitalize()}: " in card["detail"])


def test_a_newer_unreadable_score_is_reported(client: Client) -> None:
    neuro = bundle(ice(10, 2), alert(2), observation("ice-total", 1, valueString="4 of ten"))

    (card,) = client.call(prefetch(neuro=neuro, therapy=bundle(axi_cel())))["cards"]

    assert "so not graded: ICE." in card["detail"]
    assert "- ICE: 1 not readable" in card["detail"]


def test_a_withdrawn_record_is_not_reported_as_missing(client: Client) -> None:
    wrong = coded("seizure", "clinical-generalised", status="entered-in-error")

    (card,) = client.call(prefetch(neuro=bundle(ice(10), alert(), wrong), therapy=bundle(axi_cel())))["cards"]

    assert "not usable" not in card["detail"]
    assert "| seizure | none recorded | - | 0 |" in card["detail"]


@pytest.mark.parametrize(
    ("comparator", "gate"), [(">", "unknown"), (">=", "unknown"), ("<", "closed"), ("<=", "closed"), ("", "closed")]
)
@pytest.mark.rule("C1")
def test_a_temperature_with_only_a_lower_bound_may_be_a_fever(client: Client, comparator: str, gate: str) -> None:
    bound = {"comparator": comparator} if comparator else {}
    warm = observation("8310-5", 1, LOINC, valueQuantity=quantity(37, "Cel", **bound))

    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), vitals=bundle(warm), therapy=bundle(axi_cel())))

    assert gate == evaluation(answer)["crs"]["gate"]


@pytest.mark.rule("T7")
def test_a_birth_date_in_the_future_does_not_make_a_child(client: Client) -> None:
    person = patient("2060-01-01")

    answer = client.call(prefetch(patient=person, neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert ("birth-date", "implausible") in {(gap["concept"], gap["kind"]) for gap in evaluation(answer)["gaps"]}


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((7.9,), "; not before "),
        ((8.0,), ""),
        ((20, 12, 8.1), "; **limit reached**"),
        ((24.1, 12, 8.1), ""),
        ((90, 80, 70, 60), "; **limit reached**"),
    ],
)
@pytest.mark.rule("C5")
def test_tocilizumab_is_offered_within_its_interval_and_limits(
    client: Client, hours: tuple[float, ...], said: str
) -> None:
    fever = observation("8310-5", 1, LOINC, valueQuantity=quantity(39, "Cel"))
    drugs = [axi_cel(), *(given("612865", each) for each in hours)]
    record = prefetch(neuro=bundle(ice(8), alert()), vitals=bundle(fever, *NO_SHOCK), therapy=bundle(*drugs))

    (card,) = client.call(record)["cards"]

    (line,) = [one for one in card["detail"].splitlines() if "ocilizumab 8 mg/kg" in one]
    assert [said] == [one for one in ("; not before ", "; **limit reached**", "") if one in line][:1]
    drafts = [one for one in card["suggestions"] if "tocilizumab" in one["label"]]
    assert bool(said) != bool(drafts)
    for draft in drafts:
        (dosage,) = draft["actions"][0]["resource"]["dosageInstruction"]
        assert {"count": 1} == dosage["timing"]["repeat"]


# --- Drugs without a known code (rule A1) ------------------------------------------------------------------------

LOCAL = "urn:oid:1.2.3"
NDC = "http://hl7.org/fhir/sid/ndc"


def unknown(hours: float, system: str = LOCAL, **more: Any) -> dict[str, Any]:
    """An administration of a drug that nobody has a code for."""
    return given("X-1", hours, system=system, **more)


@pytest.mark.rule("A1")
@pytest.mark.rule("A2")
@pytest.mark.parametrize(
    ("drugs", "said"),
    [
        ([unknown(5, status="in-progress")], "1 infusion of an unknown drug is running: sedation not checked"),
        ([unknown(5, NDC, status="in-progress")], "1 infusion of an unknown drug is running: sedation not checked"),
        ([unknown(5, status="in-progress"), unknown(4, status="unknown")], "2 infusions of unknown drugs are running"),
        ([unknown(2)], "1 dose of an unknown drug was given shortly before: sedation not checked"),
        ([unknown(2), unknown(1.5)], "2 doses of unknown drugs were given shortly before"),
    ],
)
@pytest.mark.parametrize("low", [[ice(5), alert()], [ice(10), coded("consciousness", "awakens-to-voice")]])
def test_a_drug_that_nobody_has_a_code_for_may_sedate(
    client: Client, low: list[dict[str, Any]], drugs: list[dict[str, Any]], said: str
) -> None:
    answer = client.call(prefetch(neuro=bundle(*low), therapy=bundle(axi_cel()), drugs=bundle(*drugs)))

    assert said in answer["cards"][0]["detail"]
    assert 2 == evaluation(answer)["icans"]["grade"]
    told = {(gap["concept"], gap["kind"]): gap["count"] for gap in evaluation(answer)["gaps"] if "count" in gap}
    assert len(drugs) == told.get(("medication", "not-derivable"), 1)


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    ("neuro", "drug"),
    [
        ([ice(10), alert()], unknown(5, status="in-progress")),
        ([ice(5), alert()], unknown(5, RXNORM, status="in-progress")),
        ([ice(5), alert()], unknown(5, status="not-done")),
        ([ice(5), alert()], unknown(3.1)),
        ([ice(5), alert()], unknown(0.5)),
    ],
)
def test_where_it_cannot_have_mattered_it_is_only_counted(
    client: Client, neuro: list[dict[str, Any]], drug: dict[str, Any]
) -> None:
    answer = client.call(prefetch(neuro=bundle(*neuro), therapy=bundle(axi_cel()), drugs=bundle(drug)))

    assert "unknown drug" not in answer["cards"][0]["detail"]
