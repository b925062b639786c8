"""Corticosteroids of the present episode: the start of treatment, the response, flare and taper (rules E0, E1, E3)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.history import History, episode_start
from cds_service.clinical.tables.decision_rules import SteroidRules
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.treatment.steroids import (
    Equivalent,
    equivalent_of,
    given_before,
    is_recent,
    systemic_steroids,
)


class SteroidTreatment(NamedTuple):
    """The corticosteroids that count for this episode; `started`: by rule E1, `grade_then`: the floor at that time."""

    started: datetime
    grade_then: int
    doses: tuple[Administration, ...]
    given_recently: tuple[Administration, ...]


class AroseOn(NamedTuple):
    """What was given in the 24 h before the first grade of an episode; `equivalent`: None if no amount is known."""

    drugs: tuple[Drug, ...]
    equivalent: Equivalent | None


def began(chart: Chart, history: History) -> datetime | None:
    """When the present episode first reached grade 1; None if there is no episode."""
    return episode_start(history.beyond_baseline, chart.rules.decisions.steroids.episode_ends_after)


def treatment(chart: Chart, history: History) -> SteroidTreatment | None:
    """The corticosteroid treatment of the present episode; None if none was given for it."""
    rules, moment, start = chart.rules.decisions.steroids, history.now.time, began(chart, history)
    if start is None:
        return None
    given = (dose for dose in systemic_steroids(chart, moment) if dose.start_known)
    doses = tuple(dose for dose in given if dose.time >= start or dose.ends_after(start))
    if not doses:
        return None
    started = max(doses[0].time, start)
    recent = tuple(dose for dose in doses if is_recent(dose, moment, rules.running))
    return SteroidTreatment(started, floor_known(history, started), doses, recent)


def arose_on(chart: Chart, history: History) -> AroseOn | None:
    """The corticosteroid that was being given when the present episode began; None if there was none."""
    start = began(chart, history)
    doses = given_before(chart, start) if start is not None else ()
    if not doses:
        return None
    equivalents = chart.rules.decisions.steroids.dexamethasone_equivalent_mg
    return AroseOn(tuple(dict.fromkeys(dose.drug for dose in doses)), equivalent_of(doses, equivalents))


def floor_known(history: History, moment: datetime) -> int:
    """The newest floor known at a moment; 0 if nothing could be graded by then."""
    known = history.last_gradable(moment)
    return known.all.lo if known else 0


def response(given: SteroidTreatment | None, history: History, rules: SteroidRules) -> bool | None:
    """Whether the floor is lower than at the first dose; None before 24 h, or if nothing can be graded now."""
    waited = given is not None and history.now.time - given.started >= rules.escalate_after
    now = history.now.beyond_baseline
    if given is None or not waited or now.certainty is Certainty.CANNOT_GRADE:
        return None
    return now.all.lo < given.grade_then


def flare_from(given: SteroidTreatment | None, history: History) -> int | None:
    """The best floor since the first dose, if it was lower than then and the present one is worse; else None."""
    if given is None:
        return None
    since = (grade for grade in history.beyond_baseline if grade.time >= given.started)
    best = min((grade.all.lo for grade in since if grade.certainty is not Certainty.CANNOT_GRADE), default=None)
    return best if best is not None and best < min(given.grade_then, history.now.beyond_baseline.all.lo) else None


def may_taper(given: SteroidTreatment | None, history: History, rules: SteroidRules) -> bool:
    """Whether a taper may be considered: exact grade 0-1 on a corticosteroid (rule E3)."""
    now = history.now
    exact = now.left == now.all and now.all.lo == now.all.hi
    return given is not None and bool(given.given_recently) and exact and now.all.hi <= rules.taper_up_to_grade
