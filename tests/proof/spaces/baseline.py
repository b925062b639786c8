"""ICE before treatment: every baseline with every score of the course, and what counts as a baseline (A7)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.proof.patients import ALONE, CHILD, DAY, HOUR, MINUTE, SECOND, WORSE, Row, cells, infusion, patient, record
from tests.proof.scenarios import Scenario
from tests.proof.spaces.score import ICE, ONE_POINT

ALERT = record("consciousness", "alert", HOUR)
_BEFORE = 6 * DAY
# Below, at and above the limit under which ICE cannot be used; explained and not explained by the baseline.
_LOW = (0, 2, 3, 6, 9, 10)


def baselines_beside_scores() -> Iterator[Row]:
    """Every baseline with every earlier score of the course and every current score."""
    for baseline, earlier in product((None, *ICE), (None, *ICE)):
        known = [ALERT, *_scored(baseline, _BEFORE), *_scored(earlier, 5 * HOUR)]
        scored = tuple(patient(*known, record("ice-total", points)) for points in ICE)
        if baseline is None or baseline > 2:
            yield Row(WORSE, scored)
        else:  # 3 is graded by the table, 2 cannot be graded
            yield from (Row(ALONE, (one,)) for one in scored)


def incomplete_scores() -> Iterator[Row]:
    """Incomplete scores: a baseline counts at its best, the scores of the course at their worst."""
    for before, earlier, now in product(_PATTERNS, (None, *_PATTERNS), _PATTERNS):
        found = [*_items(before, _BEFORE), *_items(now, HOUR)]
        found += [] if earlier is None else _items(earlier, 5 * HOUR)
        yield Row(ALONE, (patient(ALERT, *found),))


def ages_of_baselines() -> Iterator[Row]:
    """A baseline at each limit of age, inside and outside an earlier course, under sedation, in a child."""
    last = 5 * DAY
    times = (last, last + SECOND, last + 90 * DAY, last + 90 * DAY + SECOND)
    for baseline, when, points in product(_LOW, times, _LOW):
        yield Row(ALONE, (patient(ALERT, record("ice-total", baseline, when), record("ice-total", points)),))
    earlier = last + 60 * DAY
    courses = (earlier, earlier + SECOND, earlier - 28 * DAY, earlier - 28 * DAY - SECOND, last + DAY)
    for baseline, when, points in product(_LOW, courses, _LOW):
        doses = {"doses": (cells(earlier), cells(last))}
        found = (record("ice-total", baseline, when), record("ice-total", 8, last + 80 * DAY))
        yield Row(ALONE, (patient(ALERT, *found, record("ice-total", points), **doses),))
    for baseline, points, more in product(_LOW, _LOW, ({"birth": CHILD}, {"birth": None}, {"doses": ()})):
        yield Row(ALONE, (patient(ALERT, record("ice-total", baseline, _BEFORE), record("ice-total", points), **more),))
    spell = (infusion(_BEFORE + HOUR, "propofol", until=_BEFORE - HOUR),)
    for baseline, points in product(_LOW, _LOW):
        found = (record("ice-total", 10, 8 * DAY), record("ice-total", baseline, _BEFORE))
        yield Row(ALONE, (patient(ALERT, *found, record("ice-total", points), drugs=spell),))


def two_baselines() -> Iterator[Row]:
    """Two values before treatment: in one assessment the better counts, in two assessments the newer."""
    for apart, older, newer, points in product((0, 30 * MINUTE, 30 * MINUTE + SECOND), _LOW, _LOW, _LOW):
        before = (record("ice-total", older, _BEFORE + apart), record("ice-total", newer, _BEFORE))
        yield Row(ALONE, (patient(ALERT, *before, record("ice-total", points)),))


def doubts_beside_baselines() -> Iterator[Row]:
    """Signs that contradict a score, other causes, sedation and worse findings, beside a score at baseline."""
    besides: tuple[tuple[Scenario, ...], ...] = (
        (record("neuro-symptom", "confusion", 30),),
        (record("neuro-symptom", "confusion", 80),),
        (record("ice-not-performed", "language", 30),),
        (record("other-cause", "sepsis"),),
        (record("other-cause", "psychiatric"),),
        (record("rass", -2),),
        (record("seizure", "clinical-focal", minutes=2, returned=True),),
        (record("motor-finding", "hemiparesis"),),
    )
    for baseline, points, more in product(_LOW, _LOW, besides):
        found = (record("ice-total", baseline, _BEFORE), record("ice-total", points))
        yield Row(ALONE, (patient(*found, *more),))
        yield Row(ALONE, (patient(*found, *more, drugs=(infusion(2 * HOUR, "propofol"),)),))


def _scored(points: int | None, when: float) -> list[Scenario]:
    return [] if points is None else [record("ice-total", points, when)]


# The number of one-point items that were tested and that failed; the same with naming.
_PATTERNS = ((7, 0, 3), (7, 2, 2), (7, 4, 0), (4, 0, None), (4, 4, None), (7, 6, 1), (7, 7, 0), (2, 0, 3))


def _items(pattern: tuple[int, int, int | None], when: float) -> list[Scenario]:
    tested, failed, naming = pattern
    found = [record(f"ice-{item}", int(n >= failed), when) for n, item in enumerate(ONE_POINT[:tested])]
    return found if naming is None else [*found, record("ice-naming", naming, when)]
