"""What the risk factors need of FHIR: sex, usual limits, diagnoses by category, cells, doses that were stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cds_service.clinical.facts.patient import CellDose, Reference
from tests.builders import (
    ATC,
    LOINC,
    NOW,
    SNOMED,
    axi_cel,
    concept,
    condition,
    given,
    hours_ago,
    observation,
    patient,
    quantity,
)
from tests.unit.mapping import mapped, mapped_alone

LDH = "14804-9"
FLUDARABINE = "L01BB05"


@pytest.mark.parametrize(
    ("gender", "sex"), [("male", "male"), ("female", "female"), ("other", None), ("unknown", None), (None, None)]
)
def test_the_sex_of_the_formulae_is_male_female_or_not_known(gender: str | None, sex: str | None) -> None:
    assert sex == mapped_alone(patient(gender=gender) if gender else patient()).sex


def usual(*ranges: dict, code: str = LDH, unit: str = "U/L") -> Reference:
    """The limits of an LDH of 300 U/L with these reference ranges."""
    facts = mapped(observation(code, system=LOINC, valueQuantity=quantity(300, unit), referenceRange=list(ranges)))
    ((found,),) = facts.records.values()
    return found.reference


def test_the_laboratorys_own_limits_come_along_in_the_unit_of_the_rules() -> None:
    limits = {"low": quantity(2, "ukat/L"), "high": quantity(4, "ukat/L")}

    assert Reference(120, 240) == usual(limits)


def test_an_upper_limit_alone_is_one() -> None:
    assert Reference(None, 250) == usual({"high": quantity(250, "U/L")})


@pytest.mark.parametrize(
    "ranges",
    [
        [],
        [{"text": "up to 250"}],
        [{"high": quantity(250, "furlongs")}],
        [{"high": {"value": 250}}],
        [{"high": quantity(250, "U/L")}, {"high": quantity(300, "U/L")}],
        [
            {
                "high": quantity(250, "U/L"),
                "type": concept("treatment", "http://terminology.hl7.org/CodeSystem/referencerange-meaning"),
            }
        ],
    ],
)
def test_limits_that_are_not_certain_are_not_known(ranges: list[dict]) -> None:
    assert Reference() == usual(*ranges)


def test_of_several_ranges_the_one_for_the_normal_counts() -> None:
    meaning = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
    normal = {"high": quantity(250, "U/L"), "type": concept("normal", meaning)}
    goal = {"high": quantity(900, "U/L"), "type": concept("treatment", meaning)}

    assert Reference(None, 250) == usual(goal, normal)


def test_a_score_has_no_limits() -> None:
    (found,) = mapped(observation("ice-total", valueInteger=9, referenceRange=[{"low": {"value": 10}}])).of("ice-total")

    assert Reference() == found.reference


@pytest.mark.rule("R2")
@pytest.mark.parametrize(
    ("code", "system", "what"),
    [
        ("G40.909", "http://hl7.org/fhir/sid/icd-10-cm", "epilepsy"),
        ("G40", "urn:oid:2.16.840.1.113883.6.90", "epilepsy"),
        ("I63.9", "http://hl7.org/fhir/sid/icd-10-cm", "stroke"),
        ("I67.83", "http://hl7.org/fhir/sid/icd-10-cm", "posterior-reversible-encephalopathy"),
        ("I67.9", "http://hl7.org/fhir/sid/icd-10-cm", "neurological-disorder"),
        ("I61.3", "http://hl7.org/fhir/sid/icd-10-cm", "intracranial-haemorrhage"),
        ("C79.31", "http://hl7.org/fhir/sid/icd-10-cm", "cns-malignancy"),
        ("448254007", SNOMED, "cns-malignancy"),
        ("C91.02", "http://hl7.org/fhir/sid/icd-10-cm", "acute-lymphoblastic-leukaemia"),
        ("C83.38", "http://hl7.org/fhir/sid/icd-10-cm", "b-cell-lymphoma"),
    ],
)
def test_a_diagnosis_is_known_by_its_code_or_by_the_category_above_it(code: str, system: str, what: str) -> None:
    (diagnosis,) = mapped(condition(code, system)).diagnoses

    assert (what, None, False, False) == diagnosis[:4]


@pytest.mark.rule("R2")
@pytest.mark.parametrize("code", ["G41.0", "G4", "Z99.9", "C79.3"])
def test_a_code_beside_the_categories_is_no_diagnosis_of_interest(code: str) -> None:
    assert () == mapped(condition(code)).diagnoses


@pytest.mark.rule("R2")
def test_a_diagnosis_has_the_time_of_its_onset_or_else_of_its_record() -> None:
    both = condition("G40.909", id="a", onsetDateTime=hours_ago(900), recordedDate=hours_ago(1))
    recorded = condition("G43.909", id="b", recordedDate=hours_ago(2))
    period = condition("I63.9", id="c", onsetPeriod={"start": hours_ago(3)})

    told = {one.source: (NOW - one.time, one.has_onset) for one in mapped(both, recorded, period).diagnoses if one.time}

    assert {
        "Condition/a": (timedelta(hours=900), True),
        "Condition/b": (timedelta(hours=2), False),
        "Condition/c": (timedelta(hours=3), True),
    } == told


@pytest.mark.rule("R2")
def test_a_resolved_diagnosis_is_still_history_and_a_refuted_one_is_told_as_that() -> None:
    resolved = concept("resolved", "http://terminology.hl7.org/CodeSystem/condition-clinical")
    refuted = concept("refuted", "http://terminology.hl7.org/CodeSystem/condition-ver-status")
    facts = mapped(condition("G40.909", clinicalStatus=resolved), condition("C71.9", verificationStatus=refuted))

    assert {("epilepsy", False), ("cns-malignancy", True)} == {(d.concept, d.refuted) for d in facts.diagnoses}


@pytest.mark.rule("R2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"verificationStatus": concept("entered-in-error")},
        {"modifierExtension": [{"url": "https://example.org"}]},
        {"onsetDateTime": hours_ago(-1)},
    ],
)
def test_an_erroneous_or_future_diagnosis_is_not_used(wrong: dict) -> None:
    assert () == mapped(condition("G40.909", **wrong)).diagnoses


@pytest.mark.parametrize(
    ("dose", "cells"),
    [
        (quantity(160, "10*6"), CellDose(160, False)),
        (quantity(1.6, "10*8"), CellDose(160, False)),
        (quantity(160, "10*6.{cells}"), CellDose(160, False)),
        (quantity(2, "10*6/kg"), CellDose(2, True)),
        (quantity(2, "10*6.{cells}/kg"), CellDose(2, True)),
        (quantity(68, "mL"), None),
        (quantity(160, "10*6", comparator="<"), None),
        ({"value": 160}, None),
    ],
)
def test_cells_are_counted_where_the_record_counts_them(dose: dict, cells: CellDose | None) -> None:
    (record,) = mapped(axi_cel(dosage={"dose": dose})).doses

    assert cells == record.cells


@pytest.mark.parametrize(("status", "complete"), [("completed", True), ("stopped", False), ("in-progress", False)])
def test_only_a_completed_dose_was_given_in_full(status: str, complete: bool) -> None:
    (dose,) = mapped(given(FLUDARABINE, system=ATC, status=status)).administrations

    assert complete == dose.complete
