"""When something was found: clinical times only, and a date is midnight on the ward (rules T1, T2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.builders import NOW, alert, hours_ago, ice
from tests.unit.mapping import gaps, mapped, values


@pytest.mark.rule("T1")
def test_of_a_period_the_end_counts_and_issued_never() -> None:
    period = {"start": hours_ago(5), "end": hours_ago(3)}
    facts = mapped(
        ice(3, effectiveDateTime=None, effectivePeriod=period), ice(4, effectiveDateTime=None, issued=hours_ago(1))
    )

    assert [NOW - timedelta(hours=3)] == [record.time for record in facts.of("ice-total")]
    assert {("ice-total", "unreadable")} == gaps(facts)


@pytest.mark.rule("T1")
def test_an_instant_counts_and_an_open_period_does_not() -> None:
    facts = mapped(
        ice(3, effectiveDateTime=None, effectiveInstant=hours_ago(2)),
        ice(4, effectiveDateTime=None, effectivePeriod={"start": hours_ago(2)}),
    )

    assert [3] == values(facts, "ice-total")
    assert {("ice-total", "unreadable")} == gaps(facts)


@pytest.mark.rule("T1")
@pytest.mark.parametrize(("minutes", "used"), [(4, True), (5, True), (6, False)])
def test_a_clock_ahead_by_five_minutes_is_tolerated(minutes: int, *, used: bool) -> None:
    facts = mapped(ice(3, hours=-minutes / 60))

    assert used == bool(values(facts, "ice-total"))
    assert used != (("ice-total", "future") in gaps(facts))


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-03",
        "2026-03-08T06:30:00",
        f"2026-03-08T06:30:00.{'0' * 50}Z",
        "2026-03-08T24:00:00Z",
        "yesterday",
        "20260308T063000Z",
        "2026-02-30",
        "2026-13-01T00:00:00Z",
        "8. März 26",
    ],
)
@pytest.mark.rule("T1")
def test_a_partial_zoneless_or_wrong_time_is_unreadable(text: str) -> None:
    facts = mapped(ice(3, effectiveDateTime=text))

    assert {("ice-total", "unreadable")} == gaps(facts)


@pytest.mark.rule("T2")
def test_a_date_stands_for_midnight_on_the_ward() -> None:
    berlin = mapped(ice(3, effectiveDateTime="2026-03-07"), zone=ZoneInfo("Europe/Berlin"))
    newest = mapped(ice(3, effectiveDateTime="2026-03-07"), alert(1))
    nothing = mapped(ice(3, effectiveDateTime="2026-03-07"))

    assert datetime(2026, 3, 6, 23, tzinfo=UTC) == berlin.of("ice-total")[0].time
    assert datetime(2026, 3, 6, 23, tzinfo=UTC) == newest.of("ice-total")[0].time
    assert datetime(2026, 3, 7, tzinfo=UTC) == nothing.of("ice-total")[0].time
