"""What holds for every resource: its patient, that a bad one affects no other, and the time zone of the ward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import (
    NOW,
    alert,
    axi_cel,
    concept,
    ice,
    observation,
)
from tests.unit.mapping import gaps, mapped, values


@pytest.mark.rule("T1")
def test_whatever_is_of_another_patient_is_ignored_and_counted() -> None:
    facts = mapped(
        ice(0, subject={"reference": "Patient/p-2"}),
        ice(0, subject={"reference": "https://other.example/fhir/Patient/p-2"}),
        ice(0, subject=None),
        ice(0, subject={"identifier": {"value": "p-1"}}),
        axi_cel(subject={"reference": "Group/p-1"}),
        ice(9, subject={"reference": "https://ehr.example/fhir/Patient/p-1"}),
    )

    assert [9] == values(facts, "ice-total")
    assert () == facts.doses
    assert {("wrong-patient", 3, None), ("unreadable", 2, "subject")} == {
        (one.kind, one.number, one.detail) for one in facts.gaps if one.concept == "patient"
    }


def test_one_bad_entry_costs_only_itself() -> None:
    bad = ice(3) | {"valueInteger": "three"}
    odd = {"resourceType": "Observation", "id": 7, "code": {"coding": "ice"}}

    facts = mapped(ice(9), bad, odd, alert())

    assert [9] == values(facts, "ice-total")
    assert ["alert"] == values(facts, "consciousness")
    assert {("ice-total", "unreadable"), ("Observation", "unreadable")} == gaps(facts)


def test_a_resource_that_answers_two_searches_counts_once() -> None:
    dose = axi_cel()

    assert 1 == len(mapped(dose, dose).doses)


def test_the_wards_zone_is_the_offset_of_the_newest_datum_that_is_not_of_the_future() -> None:
    facts = mapped(
        ice(9, effectiveDateTime="2026-03-08T03:00:00-05:00"),
        ice(9, effectiveDateTime="2026-03-07T03:00:00+09:00"),
        ice(9, effectiveDateTime="2026-03-09T03:00:00+02:00"),
        observation("x", effectiveDateTime=None),
    )

    assert timedelta(hours=-5) == facts.zone.utcoffset(NOW)


def test_without_any_time_the_ward_is_at_utc() -> None:
    assert UTC == mapped().zone


def test_order_of_entries_never_matters() -> None:
    resources = [
        ice(9),
        ice(3),
        ice(3),
        alert(),
        axi_cel(),
        axi_cel(3),
        observation("seizure", valueCodeableConcept=concept("none")),
    ]

    forwards, backwards = mapped(*resources), mapped(*reversed(resources))

    assert (forwards.records, forwards.doses, forwards.seizures) == (
        backwards.records,
        backwards.doses,
        backwards.seizures,
    )
    assert datetime(2026, 3, 8, 8, tzinfo=UTC) == forwards.of("ice-total")[0].time
