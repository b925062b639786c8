"""Corticosteroids of this episode: when they began, whether they run, what follows (rules E1-E3, E5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.history import History, episode_start
from cds_service.clinical.grading.icans import icans_at
from cds_service.clinical.tables.decision_rules import SteroidRules
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.treatment.equivalence import Equivalents, amount_of_doses


class Equivalent(NamedTuple):
    """Mg of dexamethasone that doses of 24 h are together; `is_least`: the amount of one of them is not known."""

    mg: float
    is_least: bool


class SteroidTreatment(NamedTuple):
    """The corticosteroids that count for this episode. `started`: the clock of rule E1; `grade_then`: lo then.

    `equivalent`: of what was given recently; None where none of the amounts is known.
    """

    started: datetime
    grade_then: int
    doses: tuple[Administration, ...]
    given_recently: tuple[Administration, ...]
    equivalent: Equivalent | None


def systemic_steroids(chart: Chart, moment: datetime) -> tuple[Administration, ...]:
    """All systemic corticosteroids given by `moment`, oldest first."""
    names = chart.rules.drugs.corticosteroids
    return tuple(dose for dose in chart.administrations.until(moment) if dose.drug in names and dose.systemic)


def running_steroids(chart: Chart, moment: datetime) -> tuple[Administration, ...]:
    """The systemic corticosteroids given in the last 24 h or in progress, whatever for."""
    span = chart.rules.decisions.steroids.running
    return tuple(dose for dose in systemic_steroids(chart, moment) if is_recent(dose, moment, span))


def treatment(chart: Chart, history: History) -> SteroidTreatment | None:
    """The corticosteroid treatment of the present episode; None where none was given for it."""
    rules = chart.rules.decisions.steroids
    began = episode_start(history.beyond_baseline, rules.episode_ends_after)
    if began is None:
        return None
    moment = history.now.time
    doses = tuple(d for d in systemic_steroids(chart, moment) if d.time >= began or d.ends_after(began))
    if not doses:
        return None
    started = max(doses[0].time, began)
    recent = tuple(dose for dose in doses if is_recent(dose, moment, rules.running))
    equivalent = _equivalent(recent, rules.dexamethasone_equivalent_mg)
    return SteroidTreatment(started, _floor_at(chart, history, started), doses, recent, equivalent)


def _equivalent(doses: Sequence[Administration], equivalents: Equivalents) -> Equivalent | None:
    known = known_doses(doses)
    total = amount_of_doses(known, equivalents)
    return Equivalent(total, is_least=len(known) < len(doses)) if known and total is not None else None


def _floor_at(chart: Chart, history: History, moment: datetime) -> int:
    """The floor at a moment; where none could be told any more, the last one that could."""
    at_moment = icans_at(chart, moment).beyond_baseline
    known = history.last_gradable(moment) if at_moment.certainty is Certainty.CANNOT_GRADE else at_moment
    return known.all.lo if known else 0


def is_recent(dose: Administration, moment: datetime, span: timedelta) -> bool:
    """Given in the last 24 h, or in progress."""
    return dose.end is None or moment - max(dose.time, dose.end) <= span


def needs_escalation_review(given: SteroidTreatment | None, history: History, rules: SteroidRules) -> bool:
    """Not better after 24 h, or worse at any time; another cause does not silence it (rule E2)."""
    if given is None:
        return False
    floor = history.now.beyond_baseline.all.lo
    waited = history.now.time - given.started >= rules.escalate_after
    no_better = floor >= rules.escalate_from_grade and waited and floor >= given.grade_then
    return no_better or floor > given.grade_then


def response(given: SteroidTreatment | None, history: History, rules: SteroidRules) -> bool | None:
    """Whether the floor is lower than at the first dose; None before 24 h, or where now nothing can be graded."""
    waited = given is not None and history.now.time - given.started >= rules.escalate_after
    now = history.now.beyond_baseline
    if given is None or not waited or now.certainty is Certainty.CANNOT_GRADE:
        return None
    return now.all.lo < given.grade_then


def flare_from(given: SteroidTreatment | None, history: History) -> int | None:
    """The best floor since the first dose, where it was lower than then and the present one is worse; else None."""
    if given is None:
        return None
    now = history.now.beyond_baseline
    since = (grade for grade in history.beyond_baseline if grade.time >= given.started)
    best = min((grade.all.lo for grade in since if grade.certainty is not Certainty.CANNOT_GRADE), default=None)
    return best if best is not None and best < min(given.grade_then, now.all.lo) else None


def may_taper(given: SteroidTreatment | None, history: History, rules: SteroidRules) -> bool:
    """Exact grade 0-1 on a corticosteroid (rule E3)."""
    now = history.now.beyond_baseline
    exact = now.left == now.all and now.all.lo == now.all.hi
    return given is not None and bool(given.given_recently) and exact and now.all.hi <= rules.taper_up_to_grade


def known_doses(doses: Iterable[Administration]) -> tuple[Administration, ...]:
    """Those whose amount can be read."""
    return tuple(dose for dose in doses if dose.milligrams is not None)
