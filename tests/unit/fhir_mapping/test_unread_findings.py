"""A record of a seizure, a sign or imaging that cannot be read is a doubt, not nothing (rules D5, D6, D7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cds_service.clinical.facts.patient import UnreadFinding
from tests.builders import NOW, SNOMED, coded, concept, condition, hours_ago, ice, observation
from tests.unit.fhir_mapping.test_windows import within_windows
from tests.unit.mapping import gaps, mapped

CODES = {
    "seizure": "clinical-generalised",
    "motor-finding": "hemiparesis",
    "raised-icp-sign": "papilloedema",
    "neuroimaging": "diffuse-oedema",
}
THEN = NOW - timedelta(hours=3)
AT_THREE = [(THEN, THEN)]
UNDATED = [(None, None)]
# The ward is at +01:00.
FEBRUARY = (datetime(2026, 1, 31, 23, tzinfo=UTC), datetime(2026, 2, 28, 23, tzinfo=UTC))
MARCH = (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC))


def doubts(*resources: dict[str, Any]) -> list[tuple[datetime | None, datetime | None]]:
    """Between which times what cannot be read may be, whatever it is."""
    return [(one.earliest, one.latest) for one in mapped(*resources, ice(9)).unread_findings]


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    ("more", "limits"),
    [
        ({"valueCodeableConcept": None, "valueString": "some words"}, AT_THREE),
        ({"valueCodeableConcept": {"coding": [{"system": "urn:x", "code": "X"}]}}, AT_THREE),
        ({"valueCodeableConcept": 5}, AT_THREE),
        ({"status": "preliminary"}, AT_THREE),
        ({"status": "unknown"}, AT_THREE),
        ({"status": None}, AT_THREE),
        ({"modifierExtension": [{"url": "urn:x"}]}, AT_THREE),
        ({"effectiveDateTime": None}, UNDATED),
        ({"effectiveDateTime": "this morning"}, UNDATED),
        (
            {"effectiveDateTime": "2026-03"},
            [MARCH],
        ),
        ({"effectiveDateTime": "2026-03-08T07:00:00"}, [(THEN - timedelta(days=1), THEN + timedelta(days=1))]),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_a_finding_that_cannot_be_read_is_a_doubt(code: str, more: dict[str, Any], limits: list[Any]) -> None:
    resource = coded(code, CODES[code], 3, **{name: v for name, v in more.items() if name != "valueCodeableConcept"})
    resource |= {name: value for name, value in more.items() if name == "valueCodeableConcept"}

    assert limits == doubts(resource)
    assert [code] == [one.concept for one in mapped(resource).unread_findings]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"effectiveDateTime": hours_ago(-1)},
        {"valueCodeableConcept": None},
        {"valueCodeableConcept": None, "dataAbsentReason": concept("unknown")},
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_what_is_read_taken_back_to_come_or_without_a_value_is_none(code: str, more: dict[str, Any]) -> None:
    assert [] == doubts(coded(code, CODES[code], 3) | more)


@pytest.mark.parametrize("code", ["ice-total", "consciousness", "neuro-symptom"])
def test_what_is_open_without_a_record_needs_no_doubt(code: str) -> None:
    assert [] == doubts(observation(code, 3, valueString="some words"))


def test_a_component_of_an_observation_is_one_too() -> None:
    part = {"code": concept("motor-finding"), "valueString": "weak"}
    panel = observation("85354-9", 3, "http://loinc.org", component=[part])

    assert AT_THREE == doubts(panel)
    assert UNDATED == doubts(panel | {"effectiveDateTime": None})
    assert AT_THREE == doubts(panel | {"status": "unknown"})


def test_what_is_too_old_is_passed_over() -> None:
    old = coded("seizure", "clinical-generalised", 60 * 24, status="unknown")

    assert () == within_windows(old).unread_findings


def test_the_same_doubt_counts_once() -> None:
    one = coded("seizure", "clinical-generalised", 3, status="unknown")

    assert (UnreadFinding("seizure", THEN, THEN),) == mapped(one, one | {"id": "other"}).unread_findings


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("onset", "limits"),
    [
        ({"onsetDateTime": "yesterday"}, UNDATED),
        ({"onsetDateTime": {}}, UNDATED),
        ({"onsetPeriod": "x"}, UNDATED),
        (
            {"onsetPeriod": {"start": "2026-02"}},
            [FEBRUARY],
        ),
        ({"onsetDateTime": hours_ago(3), "modifierExtension": [{"url": "urn:x"}]}, AT_THREE),
        ({}, []),
        ({"modifierExtension": [{"url": "urn:x"}]}, []),
        ({"onsetDateTime": hours_ago(3)}, []),
        ({"onsetDateTime": hours_ago(-3)}, []),
    ],
)
@pytest.mark.parametrize(("code", "name"), [("91175000", "seizure"), ("50582007", "motor-finding")])
def test_a_diagnosis_with_an_onset_that_cannot_be_read(
    code: str, name: str, onset: dict[str, Any], limits: Any
) -> None:
    facts = mapped(condition(code, SNOMED, **onset), ice(9))

    assert limits == [(one.earliest, one.latest) for one in facts.unread_findings]
    assert {name} >= {one.concept for one in facts.unread_findings}


def test_a_charted_grade_with_a_modifier_is_no_doubt() -> None:
    facts = mapped(condition("G92.02", modifierExtension=[{"url": "urn:x"}], onsetDateTime="2026"))

    assert ((), {("icans-grade-2", "unreadable")}) == (facts.unread_findings, gaps(facts))


@pytest.mark.parametrize("status", ["active", ["active"], concept("active"), None, {}, 5])
@pytest.mark.rule("D7")
def test_a_diagnosis_of_an_older_release_is_read(status: object) -> None:
    older = condition("91175000", SNOMED, onsetDateTime=hours_ago(3)) | {"clinicalStatus": status}

    assert [THEN] == [one.time for one in mapped(older).seizures]
