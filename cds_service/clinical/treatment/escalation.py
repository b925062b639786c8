"""Escalation when a corticosteroid does not help: the prompt to review it, and past escalations (rules E0, E2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.history import History, Trend
from cds_service.clinical.tables.names import Concept, Drug
from cds_service.clinical.treatment.episode import AroseOn, SteroidTreatment, floor_known
from cds_service.clinical.treatment.steroids import as_dexamethasone, given_before, running_steroids, systemic_steroids

INTRATHECAL = Drug(Concept("intrathecal therapy"))


class Why(StrEnum):
    """Why a review is prompted; also the key of the card text."""

    WORSE = "worse"
    NO_BETTER = "no-better"
    AROSE_ON = "arose-on"


class Review(NamedTuple):
    """The prompt for a review. `before`: the floor with which the present one is compared, as known at `since`."""

    why: Why
    before: int
    since: datetime


class _Begun(NamedTuple):
    """A larger dose or an agent for refractory ICANS, and when it was begun."""

    time: datetime
    drug: Drug


class Escalated(NamedTuple):
    """The newest escalation of this episode: what was given, when, and the floor known at that time."""

    time: datetime
    drug: Drug
    floor: int


class EscalationState(NamedTuple):
    """`review`: None unless prompted. `reassess_by`: set instead of a prompt while an escalation is given time."""

    review: Review | None
    escalated: Escalated | None
    reassess_by: datetime | None


def escalation_state(
    chart: Chart,
    history: History,
    given: SteroidTreatment | None,
    arose: AroseOn | None,
    lowest_option_mg: float | None,
) -> EscalationState:
    """Whether a review is prompted; `lowest_option_mg`: the lowest option now, in mg of dexamethasone in 24 h."""
    escalated = last_escalation(chart, history, given, arose)
    review = _review(chart, history, given)
    waits_until = _waits_until(chart, history, escalated)
    if review is None and _is_no_less(arose, lowest_option_mg) and (escalated is None or waits_until is not None):
        review = _reviewed_at_once(chart, history)
    if review is None or waits_until is None:
        return EscalationState(review, escalated, None)
    return EscalationState(None, escalated, waits_until)


def last_escalation(
    chart: Chart, history: History, given: SteroidTreatment | None, arose: AroseOn | None
) -> Escalated | None:
    """The newest larger dose or agent for refractory ICANS since treatment started (rule E1); None without either."""
    if given is None:
        return None
    begun = (*_larger_doses(chart, history.now.time, given, arose), *_agents_begun(chart, history.now.time, given))
    newest = max(begun, default=None)
    return newest and Escalated(newest.time, newest.drug, floor_known(history, newest.time))


def _may_be_prompted(chart: Chart, history: History) -> bool:
    """Grade 2 or more on a corticosteroid, for whatever indication, and not improving."""
    rules = chart.rules.decisions
    enough = history.now.beyond_baseline.all.lo >= rules.steroids.escalate_from_grade
    if not enough or not running_steroids(chart, history.now.time):
        return False
    return history.trend(rules.course.trend_after) != Trend.IMPROVING


def _review(chart: Chart, history: History, given: SteroidTreatment | None) -> Review | None:
    """Worse than 24 h ago, or than at the first dose if that is more recent; or no better after 24 h."""
    if given is None or not _may_be_prompted(chart, history):
        return None
    day = chart.rules.decisions.steroids.escalate_after
    since = max(given.started, history.now.time - day)
    floor, before = history.now.beyond_baseline.all.lo, floor_known(history, since)
    if floor > before:
        return Review(Why.WORSE, before, since)
    waited = history.now.time - given.started >= day
    return Review(Why.NO_BETTER, before, since) if waited and floor == before else None


def _is_no_less(arose: AroseOn | None, lowest_option_mg: float | None) -> bool:
    """Whether ICANS arose on at least the dose that would be the first treatment."""
    known = arose.equivalent if arose else None
    return known is not None and lowest_option_mg is not None and known.mg >= lowest_option_mg


def _reviewed_at_once(chart: Chart, history: History) -> Review | None:
    if not _may_be_prompted(chart, history):
        return None
    return Review(Why.AROSE_ON, history.now.beyond_baseline.all.lo, history.now.time)


def _waits_until(chart: Chart, history: History, escalated: Escalated | None) -> datetime | None:
    """Until when an escalation is given time; None if that has passed, or the grade has risen since."""
    if escalated is None or history.now.beyond_baseline.all.lo > escalated.floor:
        return None
    until = escalated.time + chart.rules.decisions.steroids.reassess_after
    return until if history.now.time < until else None


def _larger_doses(chart: Chart, moment: datetime, given: SteroidTreatment, arose: AroseOn | None) -> Iterator[_Begun]:
    """Doses that exceed the largest of the previous 24 h by the set factor.

    The first dose of the episode counts only if ICANS arose on a corticosteroid.
    """
    factor = chart.rules.decisions.steroids.escalation_factor
    for dose in systemic_steroids(chart, moment):
        counts = dose.time > given.started or (arose is not None and dose.time == given.started)
        before = _largest(chart, given_before(chart, dose.time)) if counts else None
        amount = _largest(chart, (dose,))
        if before is not None and amount is not None and amount >= factor * before:
            yield _Begun(dose.time, dose.drug)


def _largest(chart: Chart, doses: tuple[Administration, ...]) -> float | None:
    """The largest single dose in mg of dexamethasone; None if no amount is known."""
    equivalents = chart.rules.decisions.steroids.dexamethasone_equivalent_mg
    amounts = (as_dexamethasone(dose.milligrams, dose.drug, equivalents) for dose in doses)
    return max((amount for amount in amounts if amount is not None), default=None)


def _agents_begun(chart: Chart, moment: datetime, given: SteroidTreatment) -> Iterator[_Begun]:
    """Agents for refractory ICANS first given in this course after treatment started."""
    start = chart.course.start if chart.course else None
    first: dict[Drug, datetime] = {}
    for dose in chart.administrations.until(moment):
        agent = _agent(chart, dose)
        if agent and (start is None or dose.time >= start):
            first.setdefault(agent, dose.time)
    yield from (_Begun(time, agent) for agent, time in first.items() if time >= given.started)


def _agent(chart: Chart, dose: Administration) -> Drug | None:
    if dose.intrathecal:
        return INTRATHECAL
    return dose.drug if dose.drug in chart.rules.drugs.immunosuppressants else None
