"""Which of the selected advice is offered: now, under a condition, or about the next dose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, PatientProfile, advice
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.course.concepts import CONSCIOUSNESS
from cds_service.clinical.grading.domain import Concern, Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.tables.advice import WITHOUT_CRS, Management
from cds_service.clinical.tables.grade import UNGRADED
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.steroids import Equivalents, least_of_regimen


class Condition(StrEnum):
    """The condition under which the grade that the advice is for would hold."""

    CHARTED = "charted"
    ATTRIBUTED = "attributed"
    LAST_KNOWN = "last-known"
    UNAROUSABLE = "unarousable"


class _ConditionalGrade(NamedTuple):
    """A grade that holds only under a condition."""

    condition: Condition
    grade: int


class ConditionalAdvice(NamedTuple):
    """The advice for a grade that holds only under a condition."""

    condition: Condition
    grade: int
    advice: tuple[Advice, ...]


def offered(tables: Sequence[Management], now: Icans, profile: PatientProfile) -> tuple[Advice, ...]:
    """The advice for the present grade; without a grade, only the advice on the next dose, which still holds."""
    now = now.beyond_baseline
    if now.grade is not None:
        return tuple(advice(tables, now.grade, profile))
    since = profile.since_dose
    entries = advice(tables, since.highest, profile) if since.highest or since.came_again else ()
    return tuple(entry for entry in entries if entry.row.action.is_of_next_dose)


def steroid_without_crs(tables: Sequence[Management], now: Icans, profile: PatientProfile) -> tuple[Advice, ...]:
    """For a patient with CRS, the corticosteroid that a guideline gives at this grade without CRS (rule P1)."""
    if not profile.crs_floor or now.grade is None:
        return ()
    entries = advice(tables, now.grade, profile._replace(crs_floor=0, crs_ceiling=0))
    of_guideline = (entry for entry in entries if not entry.own and entry.label is None)
    return tuple(one for one in of_guideline if one.row.action is Action.CORTICOSTEROID and one.row.crs == WITHOUT_CRS)


def if_confirmed(
    tables: Sequence[Management], history: History, charted: ChartedGrade | None, profile: PatientProfile
) -> ConditionalAdvice | None:
    """The advice for another grade: the charted one, ours if no other cause explains it, or the last known one."""
    now, found = history.now.beyond_baseline, _other_grade(history, charted)
    if found is None:
        return None
    condition, grade = found
    said = offered(tables, now, profile) if now.grade is None else ()
    entries = advice(tables, grade, profile)
    return ConditionalAdvice(condition, grade, tuple(entry for entry in entries if entry not in said))


def _other_grade(history: History, charted: ChartedGrade | None) -> _ConditionalGrade | None:
    """The grade that would hold if its condition were confirmed, with that condition; None if there is none."""
    now, known = history.now.beyond_baseline, history.last_known
    if charted is not None and charted.differs:
        return _ConditionalGrade(Condition.CHARTED, charted.grade)
    if now.if_attributable is not None:
        return _ConditionalGrade(Condition.ATTRIBUTED, now.if_attributable)
    if now.grade is None and known is not None and known.known_grade:
        return _ConditionalGrade(Condition.LAST_KNOWN, known.known_grade)
    if now.grade is not None and _arousal_decides(now):
        return _ConditionalGrade(Condition.UNAROUSABLE, now.all.hi)
    return None


def _arousal_decides(now: Icans) -> bool:
    """Whether assessing arousal would settle the grade because only the worst level is still open (rules D1 and D4)."""
    unknown = (one for one in now.domains if one.name == CONSCIOUSNESS and one.range == UNGRADED)
    return now.all.hi - now.all.lo == 1 and any(one.concern is not Concern.SEDATED for one in unknown)


def lowest_steroid_total(advice: Iterable[Advice], equivalents: Equivalents, weight_kg: float | None) -> float | None:
    """The lowest 24 h total among the corticosteroid options that may be shown, in mg of dexamethasone.

    Pass `evaluation.advice` and `evaluation.profile.weight_kg`. None if no option has a verified dose. `equivalents` is
    `rules.decisions.steroids.dexamethasone_equivalent_mg` (rule E5).
    """
    regimens = [one for entry in advice if entry.row.action is Action.CORTICOSTEROID for one in entry.regimens]
    totals = (least_of_regimen(one, weight_kg, equivalents) for one in regimens)
    return min((total for total in totals if total is not None), default=None)


def next_dose_advice(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """The advice against giving the next dose now: entries that withhold it or stop the therapy.

    Pass `evaluation.advice`: advice on the next dose is included there even if the present grade is unknown.
    """
    return tuple(entry for entry in advice if entry.row.action in (Action.WITHHOLD, Action.STOP))
