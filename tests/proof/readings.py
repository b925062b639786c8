"""One scenario graded twice: by the service's own functions, and by the second reading."""

from __future__ import annotations

from typing import Any, NamedTuple

from cds_service.clinical.course.chart import Chart, open_chart
from cds_service.clinical.grading.crs import crs_at
from cds_service.clinical.grading.icans import Icans, icans_at
from cds_service.clinical.tables.protocol import Protocol
from tests.proof.scenarios import Scenario, facts_of
from tests.second_reading.chart import Chart as SecondChart
from tests.second_reading.crs import look_crs
from tests.second_reading.domains import Moment, look

SCORE = "score"


class Answer(NamedTuple):
    """What both must agree on. `domains`: lo and hi of each; ICE or CAPD is the `score`."""

    lo: int
    hi: int
    left: int
    certainty: str
    grade: int | None
    if_attributable: int | None
    decided_by: tuple[str, ...]
    domains: tuple[tuple[str, int, int], ...]
    crs: tuple[str, int, int, str] | None = None


def ours(scenario: Scenario, protocol: Protocol, *, crs: bool = False) -> Answer:
    """By cds_service.clinical."""
    chart = _chart(scenario, protocol)
    found = icans_at(chart, scenario["now"])
    answer = answer_of(found)
    if crs:
        graded = crs_at(chart, scenario["now"])
        answer = answer._replace(crs=(graded.gate, *graded.range, str(graded.certainty)))
    return answer


def theirs(scenario: Scenario, *, crs: bool = False) -> Answer:
    """By tests.second_reading."""
    chart = SecondChart(scenario)
    moment = look(chart, chart.now)
    answer = second_answer_of(moment)
    if crs:
        graded = look_crs(chart, moment)
        answer = answer._replace(crs=tuple(graded[name] for name in ("gate", "lo", "hi", "certainty")))
    return answer


def answer_of(found: Icans) -> Answer:
    """A grade of the service."""
    return Answer(
        found.all.lo,
        found.all.hi,
        found.left.lo,
        str(found.certainty),
        found.grade,
        found.if_attributable,
        tuple(sorted(map(_named, found.decided_by))),
        tuple((_named(domain.name), *domain.range) for domain in found.domains),
    )


def second_answer_of(moment: Moment) -> Answer:
    """A grade of the second reading."""
    return Answer(
        moment.lo,
        moment.hi,
        moment.left_lo,
        moment.certainty,
        moment.grade,
        moment.if_attributable,
        tuple(sorted(map(_named, moment.decided_by))),
        tuple((_named(name), lo, hi) for name, (lo, hi) in moment.domains.items()),
    )


def _chart(scenario: Scenario, protocol: Protocol) -> Chart:
    facts, rules = facts_of(scenario), protocol.rules
    return open_chart(facts, scenario["now"], rules, other_scales=scenario["other_scales"])


def _named(domain: Any) -> str:
    return SCORE if domain in ("ice", "capd") else domain
