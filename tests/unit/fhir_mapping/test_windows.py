"""Records older than the window of their concept are ignored, wherever they came from (contract.md 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cds_service.clinical.facts.patient import PatientFacts
from cds_service.fhir_mapping.data_requirements import windows_of
from cds_service.fhir_mapping.terminology import QUESTIONNAIRE
from cds_service.knowledge import load_knowledge
from tests.builders import (
    NOW,
    PATIENT,
    alert,
    axi_cel,
    concept,
    condition,
    given,
    hours_ago,
    ice,
    observation,
    quantity,
)
from tests.unit.mapping import mapped, tables, values

DEXAMETHASONE = "3264"
DAY = 24


def within_windows(*resources: dict[str, object]) -> PatientFacts:
    """The facts as the service maps them."""
    rules = load_knowledge().protocol.rules
    windows = windows_of(tables().terminology, tables().therapies, rules.drugs.sedatives, rules.decisions.record)
    return mapped(*resources, windows=windows)


def temperature(hours: float, celsius: float) -> dict[str, object]:
    return observation("8310-5", hours, "http://loinc.org", valueQuantity=quantity(celsius, "Cel"))


def test_arousal_matters_for_45_days() -> None:
    facts = within_windows(alert(45 * DAY + 1), alert(45 * DAY), alert())

    assert 2 == len(facts.of("consciousness"))


@pytest.mark.rule("A7")
def test_scores_matter_at_any_age_and_are_kept_apart_after_45_days() -> None:
    facts = within_windows(ice(8, 900 * DAY), ice(7, 45 * DAY + 1), ice(9, 45 * DAY), ice(10, 1))

    assert [9, 10] == values(facts, "ice-total")
    assert [8, 7] == [record.value for record in facts.earlier["ice-total"]]
    assert [8, 7, 9, 10] == [record.value for record in facts.ever("ice-total")]


@pytest.mark.rule("R6")
def test_a_grade_charted_as_a_diagnosis_long_ago_is_kept_apart_too() -> None:
    facts = within_windows(condition("G92.02", recordedDate=hours_ago(400 * DAY)))

    assert {} == facts.records
    assert [2] == [record.value for record in facts.ever("icans-grade-documented")]


@pytest.mark.rule("T3")
@pytest.mark.rule("T7")
def test_a_stated_infusion_date_and_a_trait_never_grow_old() -> None:
    stated = observation("cart-infusion-date", 60 * DAY, valueDateTime="2026-01-07")
    facts = within_windows(stated, observation("developmental-delay", 900 * DAY, valueBoolean=True))

    assert 1 == len(facts.infusion_dates)
    assert [True] == values(facts, "developmental-delay")


@pytest.mark.rule("A1")
def test_sedatives_matter_as_far_back_as_a_baseline_that_they_may_have_lowered() -> None:
    facts = within_windows(given("8782", 136 * DAY), given("8782", 135 * DAY), given(DEXAMETHASONE, 60 * DAY))

    assert [NOW - timedelta(days=135)] == [one.time for one in facts.administrations]


def test_vital_signs_matter_for_14_days() -> None:
    facts = within_windows(temperature(14 * DAY + 1, 39.0), temperature(14 * DAY, 38.0))

    assert [38.0] == values(facts, "body-temperature")


def test_what_is_too_old_is_no_gap_even_if_it_cannot_be_read() -> None:
    assert () == within_windows(observation("8310-5", 60 * DAY, "http://loinc.org")).gaps


def test_drugs_matter_for_45_days_but_a_dose_of_therapy_for_ever() -> None:
    facts = within_windows(given(DEXAMETHASONE, 46 * DAY), given(DEXAMETHASONE, 44 * DAY), axi_cel(days=400))

    assert [NOW - timedelta(days=44)] == [one.time for one in facts.administrations]
    assert ["axicabtagene-ciloleucel"] == [dose.product for dose in facts.doses]


def test_an_infusion_that_began_earlier_and_still_runs_counts() -> None:
    period = {"effectiveDateTime": None, "effectivePeriod": {"start": hours_ago(50 * DAY)}}
    running = given(DEXAMETHASONE, status="in-progress", **period)
    ended = {"effectiveDateTime": None, "effectivePeriod": {"start": hours_ago(50 * DAY), "end": hours_ago(44 * DAY)}}

    assert 2 == len(within_windows(running, given(DEXAMETHASONE, **ended)).administrations)


def test_of_a_panel_each_part_has_its_own_window() -> None:
    arousal = {"code": concept("consciousness"), "valueCodeableConcept": concept("alert")}
    score = {"code": concept("ice-total"), "valueInteger": 6}
    old = {"hours": 60 * DAY, "system": "urn:panel"}
    facts = within_windows(
        observation("a", **old, component=[arousal, score]), observation("b", **old, component=[score, arousal])
    )

    assert {} == facts.records
    assert [6, 6] == [record.value for record in facts.earlier["ice-total"]]


def test_of_a_questionnaire_an_old_score_is_kept_and_why_there_is_none_is_not() -> None:
    answers = [
        {"linkId": "ice-total", "answer": [{"valueInteger": 6}]},
        {"linkId": "ice-not-performed", "answer": [{"valueCoding": concept("language")["coding"][0]}]},
    ]
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "status": "completed",
        "questionnaire": f"{QUESTIONNAIRE}ice",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authored": hours_ago(60 * DAY),
        "item": answers,
    }

    facts = within_windows(response)

    assert {} == facts.records
    assert [6] == [record.value for record in facts.earlier["ice-total"]]
