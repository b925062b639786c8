"""Stories are shifted to the present: every date moves, nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cds_service.sandbox.stories.seed import shifted
from cds_service.sandbox.stories.story import read_stories

STORIES = read_stories()
STORY_PRESENT = "2024-02-28T10:00:00+01:00"


def moved(now: datetime, present: str = STORY_PRESENT, **element: Any) -> Any:
    """One element after the shift."""
    bundle = shifted({"timestamp": present, "entry": [{"resource": element}]}, now)
    return bundle["entry"][0]["resource"]


def days_later(days: float) -> datetime:
    return datetime(2024, 2, 28, 9, 0, tzinfo=UTC) + timedelta(days=days)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2024-02-28T09:30:00+01:00", "2024-02-29T09:30:00+01:00"),
        ("2024-02-28T08:30:00Z", "2024-02-29T08:30:00Z"),
        ("2024-02-28T08:30:00.125Z", "2024-02-29T08:30:00.125Z"),
        ("2024-02-28T03:30:00-05:00", "2024-02-29T03:30:00-05:00"),
        ("2024-02-28T09:30+01:00", "2024-02-29T09:30+01:00"),
        ("2024-02-28T23:59:59+01:00", "2024-02-29T23:59:59+01:00"),
        ("2023-12-31T23:30:00+01:00", "2024-01-01T23:30:00+01:00"),
        ("2024-02-28", "2024-02-29"),
        ("2023-12-31", "2024-01-01"),
    ],
)
def test_a_shift_by_a_day_keeps_offset_and_precision(before: str, after: str) -> None:
    assert {"effectiveDateTime": after} == moved(days_later(1), effectiveDateTime=before)


def test_a_year_of_a_leap_day_is_counted_in_days() -> None:
    assert {"performedDateTime": "2025-02-28"} == moved(days_later(365), performedDateTime="2024-02-29")


def test_a_shift_by_hours_moves_instants_but_not_dates() -> None:
    there = moved(days_later(0.25), effectiveInstant="2024-02-28T08:00:00+01:00", performedDateTime="2024-02-22")
    assert {"effectiveInstant": "2024-02-28T14:00:00+01:00", "performedDateTime": "2024-02-22"} == there


def test_days_count_by_the_calendar_of_the_story() -> None:
    """23:30 UTC is the next day on this ward, and a dose given six days before stays six days before."""
    there = moved(datetime(2024, 3, 1, 23, 30, tzinfo=UTC), performedDateTime="2024-02-22")
    assert {"performedDateTime": "2024-02-25"} == there


def test_the_age_does_not_change() -> None:
    assert {"birthDate": "1967-02-28"} == moved(days_later(366), birthDate="1966-02-27")


@pytest.mark.parametrize(("before", "after"), [("1966", "1967"), ("1966-11", "1967-11"), ("1966-12", "1967-12")])
def test_a_partial_birth_date_stays_partial(before: str, after: str) -> None:
    assert {"birthDate": after} == moved(days_later(366), birthDate=before)


def test_periods_and_nested_dates_move() -> None:
    period = {"start": "2024-02", "end": "2024-02-28T10:00:00+01:00"}
    there = moved(days_later(31), effectivePeriod=period, restriction={"period": {"end": "2024-02-28"}})
    assert {"start": "2024-03", "end": "2024-03-30T10:00:00+01:00"} == there["effectivePeriod"]
    assert "2024-03-30" == there["restriction"]["period"]["end"]


def test_stories_can_be_shifted_into_the_past() -> None:
    there = moved(datetime(2020, 1, 1, 9, 0, tzinfo=UTC), effectiveDateTime="2024-02-28T10:00:00+01:00")
    assert {"effectiveDateTime": "2020-01-01T10:00:00+01:00"} == there


@pytest.mark.parametrize(
    "untouched",
    [
        {"code": "2024-02-28"},
        {"valueString": "2024-02-28"},
        {"version": "2024-02-28"},
        {"identifier": [{"value": "2024-02-28"}]},
        {"system": "2024"},
        {"productCode": "2019"},
        {"valueQuantity": {"value": 2024}},
        {"onsetString": "since 2024-02-28"},
        {"active": True},
    ],
)
def test_text_that_looks_like_a_date_stays(untouched: dict[str, Any]) -> None:
    assert untouched == moved(days_later(100), **untouched)


def test_the_present_of_the_story_becomes_now() -> None:
    now = datetime(2026, 11, 21, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=-6)))
    bundle = shifted({"timestamp": STORY_PRESENT}, now)
    assert now.replace(microsecond=0) == datetime.fromisoformat(bundle["timestamp"])


def test_shifting_does_not_change_the_story_and_can_be_reversed() -> None:
    for story in STORIES:
        present = datetime.fromisoformat(story.bundle["timestamp"])
        there = shifted(story.bundle, present + timedelta(days=100, hours=7))
        assert there != story.bundle
        assert story.bundle == shifted(there, present)


def test_every_story_has_its_patient() -> None:
    for story in STORIES:
        patients = [
            one["resource"]["id"] for one in story.bundle["entry"] if one["resource"]["resourceType"] == "Patient"
        ]
        assert [story.slug] == patients
