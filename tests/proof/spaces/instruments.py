"""Which instrument is graded, for every kind of birth date (T7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

from tests.proof.patients import ALONE, DAY, HOUR, SECOND, Row, patient, record
from tests.proof.scenarios import NOW, Scenario

_TODAY = NOW.date()
BIRTHS = (
    None,
    *((day, day) for day in (
        date(1960, 5, 5),
        *(_TODAY.replace(year=_TODAY.year - years, day=day) for years, day in product((12, 22), (29, 30, 31))),
        date(2018, 5, 5),
        date(2026, 1, 1),
    )),
    *((date(year, 1, 1), date(year, 12, 31)) for year in (1960, 2003, 2004, 2013, 2014, 2018)),
)  # fmt: skip
_STALE = 12 * HOUR + SECOND


def instruments() -> Iterator[Row]:
    """Birth date x developmental delay x ICE x CAPD; each score is current, stale, before the course, or absent."""
    delays = (
        (),
        *((record("developmental-delay", said, when),) for said, when in product((True, False), (1, 9 * DAY))),
    )
    capds = [capd for later in (0, 30) for capd in _scores("capd-total", (0, 9), later)]
    for birth, delay, ice, capd in product(BIRTHS, delays, _scores("ice-total", (10, 4)), capds):
        yield Row(ALONE, (patient(*delay, *ice, *capd, record("consciousness", "alert"), birth=birth),))


def _scores(code: str, points: tuple[int, int], later: float = 0) -> list[tuple[Scenario, ...]]:
    ages = (2 * HOUR, _STALE, 6 * DAY)
    return [(), *((record(code, score, age - later),) for score, age in product(points, ages))]
