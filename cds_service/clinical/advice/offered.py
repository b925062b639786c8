"""What is advised at the present grade, and under which condition more than that."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, PatientProfile, advice
from cds_service.clinical.course.charted import ChartedGrade
from cds_service.clinical.grading.concern import Concern
from cds_service.clinical.grading.history import History
from cds_service.clinical.grading.icans import CONSCIOUSNESS, Icans
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.grade import UNGRADED


class Condition(StrEnum):
    """Under which the grade holds that the advice is for."""

    CHARTED = "charted"
    ATTRIBUTED = "attributed"
    LAST_KNOWN = "last-known"
    UNAROUSABLE = "unarousable"


class ConditionalAdvice(NamedTuple):
    """The advice for a grade that holds only under a condition."""

    condition: Condition
    grade: int
    advice: tuple[Advice, ...]


def offered(tables: Sequence[Management], now: Icans, profile: PatientProfile) -> tuple[Advice, ...]:
    """The advice for the present grade; without one what holds all the same: what is said of the next dose."""
    if now.grade is not None:
        return tuple(advice(tables, now.grade, profile))
    since = profile.since_dose
    entries = advice(tables, since.highest, profile) if since.highest or since.came_again else ()
    return tuple(entry for entry in entries if entry.row.action.is_of_next_dose)


def if_confirmed(
    tables: Sequence[Management], history: History, charted: ChartedGrade | None, profile: PatientProfile
) -> ConditionalAdvice | None:
    """The advice of a grade that is not ours: one charted, ours if nothing else explains it, or the last known."""
    now, found = history.now, _other_grade(history, charted)
    if found is None:
        return None
    condition, grade = found
    said = offered(tables, now, profile) if now.grade is None else ()
    entries = advice(tables, grade, profile)
    return ConditionalAdvice(condition, grade, tuple(entry for entry in entries if entry not in said))


def _other_grade(history: History, charted: ChartedGrade | None) -> tuple[Condition, int] | None:
    now, known = history.now, history.last_known
    if charted is not None and charted.differs:
        return Condition.CHARTED, charted.grade
    if now.if_attributable is not None:
        return Condition.ATTRIBUTED, now.if_attributable
    if now.grade is None and known is not None and known.known_grade:
        return Condition.LAST_KNOWN, known.known_grade
    if now.grade is not None and _arousal_decides(now):
        return Condition.UNAROUSABLE, now.all.hi
    return None


def _arousal_decides(now: Icans) -> bool:
    """Whether a look at arousal settles the grade, all but the worst being known (rules D1 and D4)."""
    unknown = (one for one in now.domains if one.name == CONSCIOUSNESS and one.range == UNGRADED)
    return now.all.hi - now.all.lo == 1 and any(one.concern is not Concern.SEDATED for one in unknown)
