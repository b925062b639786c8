"""One scenario graded twice: by the service and by the second reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from cds_service.clinical.assess import assess
from cds_service.clinical.course.chart import Chart, open_chart
from cds_service.clinical.course.concepts import DomainName
from cds_service.clinical.grading.crs import crs_at
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.icans import icans_at
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.guideline import Protocol
from cds_service.clinical.treatment.episode import AroseOn
from cds_service.clinical.treatment.steroids import SteroidsGiven
from tests.builders import CHART_OPENED
from tests.proof.advice_words import BY_TREATMENT, crs_words
from tests.proof.held_back import held_back
from tests.proof.scenarios import Scenario, facts_of
from tests.second_reading.chart import Chart as SecondChart
from tests.second_reading.crs import crs_grade_at
from tests.second_reading.domains import grade_at
from tests.second_reading.drafts import PUNCTURE
from tests.second_reading.moment import Moment
from tests.second_reading.reading import grade

SCORE = "score"


class Answer(NamedTuple):
    """What both readings must agree on. `domains`: lo and hi of each; ICE or CAPD is the `score`."""

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
    """The answer of cds_service.clinical."""
    chart = _chart(scenario, protocol)
    found = icans_at(chart, scenario["now"])
    answer = answer_of(found)
    if crs:
        graded = crs_at(chart, scenario["now"])
        answer = answer._replace(crs=(graded.gate, *graded.range, str(graded.certainty)))
    return answer


def theirs(scenario: Scenario, *, crs: bool = False) -> Answer:
    """The answer of tests.second_reading."""
    chart = SecondChart(scenario)
    moment = grade_at(chart, chart.now)
    answer = second_answer_of(moment)
    if crs:
        graded = crs_grade_at(chart, moment)
        answer = answer._replace(crs=tuple(graded[name] for name in ("gate", "lo", "hi", "certainty")))
    return answer


class Status(NamedTuple):
    """What both readings must agree on beyond the grade; None where nothing applies."""

    attention: str
    urgency: str
    reasons: tuple[str, ...]
    asks: tuple[str, ...]
    due: tuple[datetime, str, bool] | None
    overdue: bool
    trend: str | None
    peak: int | None
    last_known: int | None
    baseline: int | None
    explained_by_baseline: bool
    crs_advice: tuple[tuple[str, str], ...]
    low_pressure: str | None
    delayed: tuple[str, ...]
    unread_therapy: tuple[str | None, ...]
    not_looked_up: tuple[tuple[str, tuple[str, ...]], ...]
    no_longer_counted: tuple[tuple[str, datetime], ...]
    steroid_24h: tuple[float, bool] | None
    arose_on: tuple[float, bool] | None
    steroid_clock: datetime | None
    escalate: bool
    reassess_by: datetime | None
    taper: bool
    flare: bool
    not_drafted: tuple[tuple[str, tuple[str, ...]], ...]
    ct_first: bool
    weight_kg: float | None
    crs_missing: tuple[str, ...]


def our_status(scenario: Scenario, protocol: Protocol) -> dict[str, Any]:
    """The status from cds_service.clinical."""
    tables = protocol._replace(other_scales=scenario["other_scales"])
    answer = assess(facts_of(scenario), CHART_OPENED, scenario["now"], tables)
    found, given = answer.evaluation, answer.evaluation.treatment
    peak, known, due = found.history.peak, found.history.last_known, found.due
    return {
        "attention": str(found.attention),
        "urgency": found.urgency.indicator.value,
        "reasons": tuple(sorted({reason.row.rule for reason in found.urgency.reasons})),
        "asks": tuple(ask.rule for ask in answer.asks),
        "due": (due.at, str(due.kind), due.now) if due else None,
        "overdue": found.overdue,
        "trend": found.trend,
        "peak": peak.all.lo if peak else None,
        "last_known": known.known_grade if known else None,
        "baseline": _baseline(found),
        "crs_advice": tuple(sorted(_crs_advice(found))),
        "low_pressure": str(found.crs_context.low_pressure.act) if found.crs_context.low_pressure else None,
        "no_longer_counted": tuple(sorted((past.concept, past.time) for past in found.earlier.no_longer_counted)),
        "steroid_24h": _given(given.steroids),
        "arose_on": _arose_on(given.arose_on),
        "steroid_clock": given.steroid.started if given.steroid else None,
        "escalate": given.escalate,
        "reassess_by": given.escalation.reassess_by,
        "taper": given.taper,
        "flare": given.flare_from is not None,
        "not_drafted": _by_name(held_back(found, tables.rules)),
        "ct_first": found.attention.has_card and found.puncture.ct_first,
        "weight_kg": found.profile.weight_kg,
        "crs_missing": tuple(map(str, found.crs_context.missing)),
    }


def their_status(scenario: Scenario) -> Status:
    """The status from tests.second_reading."""
    said = grade(scenario, history=True)
    due = said.get("due")
    return Status(
        attention=said["attention"],
        urgency=said["urgency"],
        reasons=tuple(said["reasons"]),
        asks=tuple(said.get("asks", ())),
        due=(due["at"], due["kind"], due["now"]) if due else None,
        overdue=said["overdue"],
        trend=said.get("trend"),
        peak=said.get("peak"),
        last_known=said.get("last_known_grade"),
        baseline=said.get("baseline"),
        explained_by_baseline=said.get("explained_by_baseline", False),
        crs_advice=tuple(sorted(said.get("crs_advice", {}).items())),
        low_pressure=said.get("low_pressure"),
        delayed=tuple(sorted(said.get("delayed", {}))),
        unread_therapy=tuple(said.get("unread_therapy", ())),
        not_looked_up=_by_name(said.get("not_looked_up", {})),
        no_longer_counted=tuple(sorted(said.get("no_longer_counted", {}).items())),
        steroid_24h=_amount(said.get("steroid_24h")),
        arose_on=_amount(said.get("arose_on")),
        steroid_clock=said.get("steroid_clock"),
        escalate=said["escalate"],
        reassess_by=said.get("reassess_by"),
        taper=said["taper"],
        flare=said.get("flare", False),
        not_drafted=_by_name(_one_deficit(said.get("not_drafted", {}))),
        ct_first=said.get("ct_first", False),
        weight_kg=said.get("weight_kg"),
        crs_missing=tuple(said.get("crs_missing", ())),
    )


def _baseline(found: Evaluation) -> int | None:
    """The ICE from before the therapy, at its best (rule A7)."""
    before = found.scores.baseline
    return before.high if found.instrument == DomainName.ICE and before else None


def _crs_advice(found: Evaluation) -> Iterator[tuple[str, str]]:
    """The advice by the grade of CRS."""
    yield from (crs_words(entry) for entry in found.crs_advice if entry.row.action not in BY_TREATMENT)


def _given(steroids: SteroidsGiven) -> tuple[float, bool] | None:
    """The amount; at least 0 if no amount is known."""
    if steroids.equivalent is None:
        return (0, True) if steroids.recent or steroids.unread else None
    return _amount(steroids.equivalent)


def _arose_on(arose: AroseOn | None) -> tuple[float, bool] | None:
    return arose and (_amount(arose.equivalent) or (0, True))


def _one_deficit(held_back: dict[str, list[str]]) -> dict[str, list[str]]:
    """A deficit without imaging (Q3) is a focal one (D6) where it speaks against a lumbar puncture."""
    against = {"focal-deficit" if one == "Q3" else one for one in held_back.get(PUNCTURE, ())}
    return {**held_back, **({PUNCTURE: sorted(against)} if against else {})}


def _by_name(found: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((name, tuple(each)) for name, each in found.items()))


def _amount(amount: tuple[float, bool] | None) -> tuple[float, bool] | None:
    return (round(amount[0], 3), amount[1]) if amount else None


def answer_of(found: Icans) -> Answer:
    """The service's grade as an Answer."""
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
    """The second reading's grade as an Answer."""
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
