"""Whole patients: every range that a domain can have, with every range of every other domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from tests.proof.patients import ADULT, CHILD, DAY, HOUR, cells, dose, infusion, patient, record
from tests.proof.readings import Answer
from tests.proof.scenarios import Scenario
from tests.proof.spaces.arousal import glasgow
from tests.proof.spaces.events import seizure
from tests.proof.spaces.score import ONE_POINT

Found = tuple[Scenario, ...]
Bounds = tuple[int, int]
Domains = Mapping[str, Mapping[Bounds, Found]]

# The score is over 30 min newer than the arousal, so that no reading contradicts it (D2); a symptom is newer still.
_SCORED, _DOUBTED, _STALE = 25, 15, 73 * HOUR
_CONFUSED = record("neuro-symptom", "confusion", _DOUBTED)


def _score(code: str, points: int, *more: Scenario) -> Found:
    return record(code, points, _SCORED), *more


def _items(tested: int, failed: int = 0) -> Found:
    """A number of one-point items, the last ones failed; the others and naming are untested."""
    return tuple(record(f"ice-{item}", int(n >= failed), _SCORED) for n, item in enumerate(ONE_POINT[:tested]))


_NAMED = record("ice-naming", 3, _SCORED)
ADULT_SCORES: dict[Bounds, Found] = {
    (0, 0): _score("ice-total", 10),
    (0, 1): (*_items(6), _NAMED),
    (0, 2): (*_items(3), _NAMED),
    (0, 3): (),
    (1, 1): _score("ice-total", 8),
    (1, 2): (*_items(6, failed=3), _NAMED),
    (1, 3): _score("ice-total", 8, _CONFUSED),
    (2, 2): _score("ice-total", 5),
    (2, 3): _score("ice-total", 5, _CONFUSED),
    (3, 3): _score("ice-total", 0),
}
CHILD_SCORES: dict[Bounds, Found] = {
    (0, 0): _score("capd-total", 0),
    (0, 3): (),
    (1, 1): _score("capd-total", 5),
    (1, 3): _score("capd-total", 5, _CONFUSED),
    (3, 3): _score("capd-total", 9),
}
DOMAINS: dict[str, dict[Bounds, Found]] = {
    "consciousness": {
        (0, 0): (record("consciousness", "alert"),),
        (0, 1): (record("avpu", "C"),),
        (0, 4): (),
        (1, 1): (record("consciousness", "awakens-spontaneously"),),
        (1, 2): (record("rass", -1),),
        (1, 4): tuple(glasgow(None, None, None, 8)),
        (2, 2): (record("consciousness", "awakens-to-voice"),),
        (2, 3): (record("rass", -3),),
        (2, 4): tuple(glasgow(3, None, None)),
        (3, 3): (record("consciousness", "awakens-to-touch"),),
        (3, 4): (record("avpu", "P"),),
        (4, 4): (record("rass", -5),),
    },
    "seizure": {
        (0, 0): (),
        (0, 4): ({"code": "seizure", "from": None, "until": None},),
        (3, 3): (seizure("clinical-focal", 2, True, None),),
        (3, 4): (seizure("clinical-focal", None, None, None),),
        (4, 4): (seizure("clinical-focal", 6, None, None),),
    },
    "motor": {
        (0, 0): (record("motor-finding", "tremor"),),
        (0, 4): (record("motor-finding", "hemiparesis", _STALE),),
        (4, 4): (record("motor-finding", "hemiparesis"),),
    },
    "raised-icp": {
        (0, 0): (),
        (0, 4): (record("raised-icp-sign", "papilloedema", _STALE),),
        (4, 4): (record("raised-icp-sign", "papilloedema"),),
    },
    "imaging": {
        (0, 0): (record("neuroimaging", "normal"),),
        (0, 3): (record("neuroimaging", "focal-oedema", _STALE),),
        (0, 4): (record("neuroimaging", "diffuse-oedema", _STALE),),
        (3, 3): (record("neuroimaging", "focal-oedema"),),
        (3, 4): (record("neuroimaging", "oedema-unspecified"),),
        (4, 4): (record("neuroimaging", "diffuse-oedema"),),
    },
}
# What affects all domains: sedation, other causes, a late day; for fewer ranges of each domain.
MODIFIERS: dict[str, Scenario] = {
    "a psychiatric cause": {"records": (record("other-cause", "psychiatric"),)},
    "sepsis": {"records": (record("other-cause", "sepsis"),)},
    "a stroke": {"records": (record("other-cause", "stroke"),)},
    "lorazepam before both readings": {"drugs": (dose(90, "lorazepam"),)},
    "lorazepam before the score": {"drugs": (dose(45, "lorazepam"),)},
    "propofol": {"drugs": (infusion(3 * HOUR, "propofol"),)},
    "rocuronium": {"drugs": (infusion(3 * HOUR, "rocuronium"),)},
    "an ICE of 5 before treatment": {"records": (record("ice-total", 5, 6 * DAY),)},
    "day 95": {"doses": (cells(95 * DAY),)},
}
_FEWER: dict[str, tuple[Bounds, ...]] = {
    "score": ((0, 0), (0, 3), (1, 3), (2, 2), (3, 3)),
    "consciousness": ((0, 0), (0, 4), (2, 2), (3, 4)),
    "seizure": ((0, 0), (3, 3), (3, 4)),
    "motor": ((0, 0), (4, 4)),
    "raised-icp": ((0, 0), (0, 4)),
    "imaging": ((0, 0), (0, 3), (3, 3)),
}


class Cell(NamedTuple):
    """One patient of the product: the range that each domain has by itself, and the scenario."""

    ranges: tuple[Bounds, ...]
    scenario: Scenario


def adults() -> Iterator[Cell]:
    """Adults without any modifier: the full product."""
    yield from _product({"score": ADULT_SCORES, **DOMAINS})


def children() -> Iterator[Cell]:
    """Children without any modifier: the full product."""
    yield from _product({"score": CHILD_SCORES, **DOMAINS}, birth=CHILD)


def modified(name: str) -> Iterator[Cell]:
    """Adults and children with one modifier, for fewer ranges of each domain."""
    more = dict(MODIFIERS[name])
    besides = more.pop("records", ())
    for scores, birth in ((ADULT_SCORES, ADULT), (CHILD_SCORES, CHILD)):
        every = {"score": scores, **DOMAINS}
        fewer = {domain: {b: f for b, f in found.items() if b in _FEWER[domain]} for domain, found in every.items()}
        yield from _product(fewer, *besides, birth=birth, **more)


def worse_neighbours(answers: Mapping[tuple[Bounds, ...], Answer]) -> Iterator[tuple[Answer, Answer]]:
    """Every pair of patients that differ in one domain, where the second is worse in floor and ceiling."""
    axes = [sorted({ranges[n] for ranges in answers}) for n in range(len(next(iter(answers))))]
    steps = [{bounds: _next_worse(bounds, axis) for bounds in axis} for axis in axes]
    for ranges, answer in answers.items():
        for n, bounds in enumerate(ranges):
            for worse in steps[n][bounds]:
                yield answer, answers[(*ranges[:n], worse, *ranges[n + 1 :])]


def _next_worse(bounds: Bounds, axis: Iterable[Bounds]) -> list[Bounds]:
    """The ranges that are next higher in both bounds, with none in between."""
    above = [one for one in axis if one != bounds and one[0] >= bounds[0] and one[1] >= bounds[1]]
    return [one for one in above if not any(o != one and o[0] <= one[0] and o[1] <= one[1] for o in above)]


def _product(domains: Domains, *besides: Scenario, **more: object) -> Iterator[Cell]:
    for cell in product(*(found.items() for found in domains.values())):
        every = [one for _, found in cell for one in found]
        # What cannot be read has two limits in place of a time.
        records, unread = [one for one in every if "time" in one], [one for one in every if "time" not in one]
        ranges = tuple(bounds for bounds, _ in cell)
        yield Cell(ranges, patient(*records, *besides, unread_findings=tuple(unread), **more))
