"""Going through a space: both readings must agree on every scenario, and neighbours must differ as the rules say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from cds_service.clinical.tables.guideline import Protocol
from tests.proof import arithmetic, whole
from tests.proof.patients import CHILD, EXPLAINED, LESS, WORSE, Row
from tests.proof.readings import SCORE, Answer, our_status, ours, their_status, theirs
from tests.proof.scenarios import Scenario
from tests.proof.spaces import Space
from tests.proof.whole import ADULT_SCORES, CHILD_SCORES, DOMAINS, Bounds, Cell

REPRESENTED = {SCORE: {*ADULT_SCORES, *CHILD_SCORES}, **{name: set(found) for name, found in DOMAINS.items()}}
_SHOWN = 5


class Count(NamedTuple):
    """The numbers of scenarios graded twice and of neighbours compared, and descriptions of some errors."""

    scenarios: int
    neighbours: int
    wrong: list[str]


def go_through(space: Space, protocol: Protocol) -> Count:
    """Check a space: both answers to every scenario, the relation in every row, no range that whole patients lack."""
    count = Count(0, 0, [])
    for row in space.rows():
        answers = [ours(scenario, protocol, crs=space.crs) for scenario in row.scenarios]
        second = [theirs(scenario, crs=space.crs) for scenario in row.scenarios]
        count.wrong.extend(_differences(row.scenarios, answers, second))
        count.wrong.extend(_broken(row, answers))
        count.wrong.extend(f"no whole patient has {one}" for answer in answers for one in _unrepresented(answer))
        count = count._replace(
            scenarios=count.scenarios + len(row.scenarios), neighbours=count.neighbours + len(row.scenarios) - 1
        )
        if len(count.wrong) >= _SHOWN:
            break
    return count


def go_through_status(space: Space, protocol: Protocol) -> Count:
    """Check a space for everything beyond the grade."""
    scenarios, wrong = 0, []
    for row in space.rows():
        for scenario in row.scenarios:
            scenarios += 1
            second = their_status(scenario)
            said = our_status(scenario, protocol)
            different = {
                key: (ours_, getattr(second, key)) for key, ours_ in said.items() if ours_ != getattr(second, key)
            }
            if different:
                wrong.append(f"{_told(scenario)}: {different}")
        if len(wrong) >= _SHOWN:
            break
    return Count(scenarios, 0, wrong[:_SHOWN])


def go_through_patients(cells: Callable[[], Iterator[Cell]], protocol: Protocol, *, alone: bool) -> Count:
    """Check a product of whole patients: both answers, and every neighbour that is worse in one domain.

    `alone`: nothing else affects the domains, so each must have the same range as by itself.
    """
    answers: dict[bool, dict[tuple[Bounds, ...], Answer]] = {}
    wrong: list[str] = []
    for ranges, scenario in cells():
        answer = ours(scenario, protocol)
        answers.setdefault(scenario["birth"] == CHILD, {})[ranges] = answer
        wrong += _differences([scenario], [answer], [theirs(scenario)])
        if alone and tuple((lo, hi) for _, lo, hi in answer.domains) != ranges:
            wrong.append(f"{_told(scenario)}: {answer.domains}, alone {ranges}")
    pairs = [pair for each in answers.values() for pair in whole.worse_neighbours(each)]
    wrong += [f"worse: {better} then {worse}" for better, worse in pairs if not not_lower(better, worse)]
    return Count(sum(map(len, answers.values())), len(pairs), wrong[:_SHOWN])


def go_through_arithmetic(protocol: Protocol) -> Count:
    """Check every combination of ranges with every set of explained domains."""
    wrong, scenarios = [], 0
    for first, second in arithmetic.combinations(REPRESENTED):
        scenarios += 1
        if first != second:
            wrong.append(f"{first}, the second reading {second}")
    return Count(scenarios, 0, wrong[:_SHOWN])


def not_lower(better: Answer, worse: Answer) -> bool:
    """Whether a worse finding lowers nothing: floor, ceiling, what is left without explained findings, and CRS."""
    kept = better.lo <= worse.lo and better.hi <= worse.hi and better.left <= worse.left
    if better.crs and worse.crs:
        kept = kept and better.crs[1] <= worse.crs[1] and better.crs[2] <= worse.crs[2]
    return kept


def not_narrower(known: Answer, less: Answer) -> bool:
    """Whether knowing less only widens the range."""
    kept = less.lo <= known.lo and less.hi >= known.hi and less.left <= known.left
    if known.crs and less.crs:
        kept = kept and less.crs[1] <= known.crs[1] and less.crs[2] >= known.crs[2]
    return kept


def only_explained(before: Answer, after: Answer) -> bool:
    """Whether another cause changes no range and at most lowers what is left of the floor."""
    return (before.lo, before.hi, before.domains) == (after.lo, after.hi, after.domains) and after.left <= before.left


PROMISES = {WORSE: not_lower, LESS: not_narrower, EXPLAINED: only_explained}


def _broken(row: Row, answers: Iterable[Answer]) -> list[str]:
    promise = PROMISES.get(row.relation)
    if promise is None:
        return []
    pairs = zip(pairwise(answers), row.scenarios[1:], strict=True)
    return [f"{row.relation}, {_told(now)}: {a} then {b}" for (a, b), now in pairs if not promise(a, b)]


def _differences(scenarios: Iterable[Scenario], first: Iterable[Answer], second: Iterable[Answer]) -> list[str]:
    each = zip(scenarios, first, second, strict=True)
    return [f"{_told(scenario)}: we say {a}, the second reading {b}" for scenario, a, b in each if a != b]


def _unrepresented(answer: Answer) -> list[str]:
    return [f"{name} {lo}..{hi}" for name, lo, hi in answer.domains if (lo, hi) not in REPRESENTED[name]]


def _told(scenario: Scenario) -> str:
    return "; ".join(f"{name}: {value}" for name, value in scenario.items() if name not in ("now", "zone"))
