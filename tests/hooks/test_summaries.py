"""What the summary of a card says: the grade, why it is uncertain, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    LOINC,
    alert,
    axi_cel,
    bundle,
    coded,
    hours_ago,
    ice,
    observation,
    patient,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, evaluation
from tests.hooks.status_card import FEVER, PRESSURE, PROPOFOL, ROOM_AIR, labels, running, status

GCS = {"9267-6": 4, "9270-0": 1, "9268-4": 6}
ITEMS = {
    "ice-orientation-year": 1,
    "ice-orientation-month": 1,
    "ice-orientation-city": 1,
    "ice-orientation-hospital": 1,
    "ice-naming": 3,
}


def seizure(hours: float = 5) -> dict[str, Any]:
    """A generalised seizure of unknown duration."""
    return coded("seizure", "clinical-generalised", hours)


def capd(points: int, hours: float = 1) -> dict[str, Any]:
    """A CAPD total."""
    return observation("capd-total", hours, valueInteger=points)


def row(card: dict[str, Any], domain: str) -> str:
    """The row of a domain in the table."""
    (found,) = [line for line in card["detail"].splitlines() if line.startswith(f"| {domain} |")]
    return found


# --- No birth date (T7) ---------------------------------------------------------------------------------------
@pytest.mark.rule("T7")
@pytest.mark.parametrize(("birth", "said"), [(None, "missing"), ("2014", "incomplete")])
def test_both_scores_without_an_age_ask_for_the_birth_date_only(client: Client, birth: str | None, said: str) -> None:
    card = status(client, ice(10), capd(0), alert(), patient=patient(birth))

    assert (
        f"ICANS not gradable (day 5, axi-cel): birth date {said}, ICE and CAPD both used. Record the birth date"
    ) == card["summary"]
    assert "| ICE or CAPD | not graded without the birth date | - | 0 to 3 |" == row(card, "ICE or CAPD")
    assert "not graded, because both ICE and CAPD were used" in card["detail"]
    for wrong in ("not recorded", "Assess ICE", "graded by ICE"):
        assert wrong not in card["detail"].partition("CRS cannot be graded")[0]


@pytest.mark.rule("T7")
def test_both_scores_without_an_age_are_not_called_missing(client: Client) -> None:
    answer = client.call(
        prefetch(patient=patient(None), neuro=bundle(ice(10), capd(0), alert()), therapy=bundle(axi_cel()))
    )
    gaps_found = [(gap["concept"], gap["kind"], gap.get("detail")) for gap in evaluation(answer)["gaps"]]

    assert ("birth-date", "not-recorded", "not graded by a score: both instruments were used") in gaps_found
    assert "ice" not in [concept for concept, *_ in gaps_found]
    assert "ice-now" not in evaluation(answer)["recommendations"]


@pytest.mark.rule("T7")
def test_no_score_and_no_age_ask_for_a_score_and_the_birth_date(client: Client) -> None:
    card = status(client, alert(), patient=patient(None))

    assert ("ICANS not gradable (day 5, axi-cel): no ICE or CAPD recorded. Assess ICE or CAPD now") == card["summary"]
    assert "whether to use ICE or CAPD is not known" in card["detail"]


# --- Sedation (A1) --------------------------------------------------------------------------------------------
@pytest.mark.rule("A1")
def test_a_seizure_under_propofol_is_named_without_asking_to_wake_the_patient(client: Client) -> None:
    card = status(client, ice(10, 8), alert(8), seizure(), drugs=bundle(running(PROPOFOL, 6)))

    assert (
        "ICANS at least 3, new, CRS unknown (day 5, axi-cel): generalised seizure 05:00. "
        "Consider ICU and corticosteroid now"
    ) == card["summary"]
    assert "arousability" not in card["detail"]


@pytest.mark.rule("A1")
def test_under_sedation_no_score_is_due(client: Client) -> None:
    card = status(client, ice(5, 8), alert(8), drugs=bundle(running(PROPOFOL, 6)))

    assert "last grade 2 at 02:00. Reassess when sedation is lightened" in card["summary"]
    assert "ICE **" not in card["detail"]
    assert not [label for label in labels(card) if "Reminder" in label]


@pytest.mark.rule("A1")
def test_a_certain_grade_under_sedation_is_reassessed_when_sedation_is_lightened(client: Client) -> None:
    card = status(client, coded("motor-finding", "hemiparesis"), drugs=bundle(running(PROPOFOL, 6)))

    assert ("Hemiparesis 09:00: stroke call, CT and CT angiography now. ICANS 4, new (day 5, axi-cel)") == card[
        "summary"
    ]


# --- Why there is no grade ------------------------------------------------------------------------------------
@pytest.mark.rule("D1")
def test_an_incomplete_score_is_named(client: Client) -> None:
    card = status(client, *(observation(item, valueInteger=points) for item, points in ITEMS.items()), alert())

    assert "ICANS not gradable (day 5, axi-cel): ICE incomplete (7-10). Assess ICE now" == card["summary"]


@pytest.mark.rule("D4")
def test_a_verbal_reading_that_contradicts_the_score_is_named_with_its_scale(client: Client) -> None:
    items = (observation(code, system=LOINC, valueInteger=points) for code, points in GCS.items())
    card = status(client, ice(10), *items)

    assert (
        "ICANS not gradable (day 5, axi-cel): ICE 10 at 09:00, and GCS verbal 1 09:00. Assess ICE and arousal now"
    ) == card["summary"]


@pytest.mark.rule("D4")
def test_two_readings_of_arousal_that_differ_are_named(client: Client) -> None:
    items = (observation(code, 1.8, system=LOINC, valueInteger=points) for code, points in GCS.items())
    card = status(client, ice(10), alert(), *items)

    assert "ICANS not gradable (day 5, axi-cel): readings of arousal differ." in card["summary"]


@pytest.mark.rule("T5")
def test_a_dose_known_only_by_date_is_named_once(client: Client) -> None:
    dose = axi_cel(0, effectiveDateTime="2026-03-08")
    card = status(client, ice(10), alert(), therapy=bundle(dose))

    assert (
        "ICANS not gradable (day 0, axi-cel): dose day known by date only. Assess ICE and arousal now"
        == card["summary"]
    )


@pytest.mark.rule("D6")
def test_a_sign_not_assessed_for_long_is_named(client: Client) -> None:
    card = status(client, ice(10), alert(), coded("motor-finding", "hemiparesis", 73))

    assert "ICANS not gradable, CRS unknown (day 5, axi-cel): hemiparesis 73 h ago: re-examine." in card["summary"]


@pytest.mark.rule("D1")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"valueQuantity": quantity(10, "mg")}, "not readable"),
        ({"valueString": "did well"}, "not readable"),
        ({"valueInteger": 14}, "implausible, not used"),
    ],
)
def test_an_unusable_score_is_not_called_missing(client: Client, value: dict[str, Any], said: str) -> None:
    card = status(client, observation("ice-total", **value), alert())

    named = "ICE 14 at 09:00, implausible, not used" if "valueInteger" in value else f"ICE {said}"
    assert f"ICANS not gradable (day 5, axi-cel): {named}. Assess ICE now" == card["summary"]
    assert f"| ICE | {said} | - | 0 to 3 |" == row(card, "ICE")
    assert "ICE: not recorded" not in card["detail"]


# --- Seizures and baselines -----------------------------------------------------------------------------------
@pytest.mark.rule("D5")
def test_the_table_says_that_the_duration_of_a_seizure_is_unknown(client: Client) -> None:
    card = status(client, ice(10), alert(), seizure())

    assert (
        "ICANS at least 3, CRS unknown (day 5, axi-cel): generalised seizure 05:00. Consider ICU and corticosteroid now"
    ) == card["summary"]
    assert "| seizure | generalised seizure, duration not recorded | 05:00 | 3 to 4 |" == row(card, "seizure")


@pytest.mark.rule("G3")
@pytest.mark.rule("D3")
@pytest.mark.parametrize(("before", "said"), [(9, True), (8, False)])
def test_a_child_at_baseline_is_described_as_such(client: Client, before: int, said: bool) -> None:
    card = status(client, capd(before, 150), capd(9), alert(), patient=patient("2020-01-01"))

    assert said == ("CAPD 9 at 09:00, at baseline" in card["summary"])


@pytest.mark.rule("G3")
def test_a_seizure_with_a_score_at_baseline_keeps_the_steroid_in_the_summary(client: Client) -> None:
    records = (capd(9, 150), capd(9), alert(), seizure())
    card = status(client, *records, patient=patient("2020-01-01"))

    assert "steroid" in card["summary"]


# --- Suggestions: in an EHR a user can accept several -------------------------------------------------------------
def test_alternative_drugs_each_say_that_only_one_is_meant(client: Client) -> None:
    cells = observation("cart-infusion-date", valueDateTime=hours_ago(120))
    said = [label for label in labels(status(client, ice(1), alert(), cells, therapy=bundle())) if "mg" in label]

    assert [
        f"One of these: draft order {dose}, if there is no CRS (ASCO 2021)"
        for dose in (
            "dexamethasone 10 mg IV every 12 h, the lowest of 10 mg IV every 6-12 h",
            "methylprednisolone 1 mg/kg IV every 12 h, per kg: no current weight",
        )
    ] == said


@pytest.mark.rule("C5")
def test_a_drug_without_an_alternative_is_a_plain_draft(client: Client) -> None:
    card = status(client, ice(5), alert(), vitals=bundle(FEVER, PRESSURE, *ROOM_AIR))

    assert ["Draft order: dexamethasone 10", "Draft order: tocilizumab 8"] == [
        label.partition(" mg")[0] for label in labels(card) if "mg" in label
    ]


@pytest.mark.rule("A3")
def test_a_grade_that_holds_only_if_nothing_else_explains_it_is_not_called_the_last_known(client: Client) -> None:
    card = status(client, ice(5), alert(), coded("other-cause", "stroke"))

    assert "Highest ICANS of this course 2" in card["detail"]
    assert "Last known grade" not in card["detail"]


# --- Arousal decides between 3 and 4 (D1, D4) -----------------------------------------------------------------
IF_UNAROUSABLE = "**If unarousable (ICANS 4)**"


@pytest.mark.rule("D4")
def test_if_arousal_decides_the_grade_4_options_follow_those_of_grade_3(client: Client) -> None:
    text = status(client, ice(0))["detail"]
    common, _, worse = text.partition(IF_UNAROUSABLE)
    worse = worse.partition("**Why")[0]

    assert "dexamethasone 10 mg" in common
    assert "airway protection" not in common
    assert "Airway protection" in worse
    assert "methylprednisolone 1,000 mg" in worse
    assert "Work-up" not in worse, "what both grades have in common is said once"


@pytest.mark.rule("D4")
@pytest.mark.rule("A1")
def test_if_arousal_does_not_decide_there_are_no_grade_4_options(client: Client) -> None:
    awake, at_least_2 = status(client, ice(0), alert()), status(client, ice(5))
    sedated = status(client, seizure(8), ice(10, 8), drugs=bundle(running(PROPOFOL, 6)))

    for card in (awake, at_least_2, sedated):
        assert IF_UNAROUSABLE not in card["detail"]
