"""Conditions to findings and charted grades."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import (
    NOW,
    SNOMED,
    concept,
    condition,
    hours_ago,
)
from tests.unit.mapping import gaps, mapped, values


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("code", "system", "where", "value"),
    [
        ("G81.90", None, "motor-finding", "hemiparesis"),
        ("20022000", SNOMED, "motor-finding", "hemiparesis"),
        ("G82.20", None, "motor-finding", "paraparesis"),
        ("H47.10", None, "raised-icp-sign", "papilloedema"),
        ("H49.21", None, "raised-icp-sign", "cranial-nerve-vi-palsy"),
        ("G93.6", None, "neuroimaging", "oedema-unspecified"),
    ],
)
def test_a_diagnosis_counts_at_its_onset(code: str, system: str | None, where: str, value: str) -> None:
    more = {"onsetDateTime": hours_ago(3), "recordedDate": hours_ago(1)}
    facts = mapped(condition(code, system, **more) if system else condition(code, **more))

    assert [(value, NOW - timedelta(hours=3))] == [(record.value, record.time) for record in facts.of(where)]


@pytest.mark.rule("D7")
def test_a_seizure_diagnosed_has_no_known_duration_and_status_is_status() -> None:
    facts = mapped(
        condition("R56.9", onsetPeriod={"start": hours_ago(3)}),
        condition("230456007", SNOMED, onsetDateTime=hours_ago(2)),
    )

    assert ["clinical-generalised", "status-epilepticus"] == [seizure.kind for seizure in facts.seizures]
    assert [None, None] == [seizure.minutes for seizure in facts.seizures]


@pytest.mark.rule("D7")
def test_a_diagnosis_without_onset_is_history() -> None:
    facts = mapped(condition("G81.90", recordedDate=hours_ago(1)), condition("G93.6", onsetString="last week"))

    assert {} == facts.records


@pytest.mark.rule("D7")
def test_a_charted_grade_counts_on_its_recorded_date() -> None:
    facts = mapped(
        condition("G92.03", recordedDate=hours_ago(3), onsetDateTime=hours_ago(9)),
        condition("D89.832", recordedDate="2026-03-07"),
    )

    assert [3] == values(facts, "icans-grade-documented")
    assert NOW - timedelta(hours=3) == facts.of("icans-grade-documented")[0].time
    assert [2] == values(facts, "crs-grade-documented")


def test_a_charted_grade_without_a_recorded_date_is_said() -> None:
    assert {("icans-grade-3", "unreadable")} == gaps(mapped(condition("G92.03", onsetDateTime=hours_ago(9))))


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": concept("refuted", "urn:v")},
        {"verificationStatus": concept("entered-in-error", "urn:v")},
        {"clinicalStatus": concept("resolved", "urn:c")},
        {"clinicalStatus": concept("inactive", "urn:c")},
    ],
)
def test_a_refuted_or_unconfirmed_diagnosis_is_reported(more: dict) -> None:
    facts = mapped(condition("G81.90", onsetDateTime=hours_ago(3), **more))

    assert {} == facts.records
    assert {("hemiparesis", "unusable-status")} == gaps(facts)


def test_a_diagnosis_without_statuses_counts() -> None:
    resource = condition("G81.90", onsetDateTime=hours_ago(3))
    del resource["clinicalStatus"], resource["verificationStatus"]

    assert ["hemiparesis"] == values(mapped(resource), "motor-finding")


def test_other_diagnoses_and_what_is_not_understood() -> None:
    facts = mapped(
        condition("I61.9", onsetDateTime=hours_ago(3)),
        condition("C83.30", onsetDateTime=hours_ago(3)),
        condition("G81.90", onsetDateTime=hours_ago(-3)),
        condition("G81.90", onsetDateTime=hours_ago(3), modifierExtension=[{"url": "urn:x"}]),
    )

    assert {} == facts.records
    assert {("hemiparesis", "future"), ("hemiparesis", "unreadable")} == gaps(facts)
