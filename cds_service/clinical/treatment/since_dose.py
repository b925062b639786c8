"""Events since the last dose, on which the labels of repeatedly given therapies depend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import Course, Dose
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.tables.next_dose import SinceDose

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def since_dose(chart: Chart, history: History) -> SinceDose:
    """Highest grade, recurrence and duration since the last dose; all empty if no therapy is known."""
    course, now = chart.course, history.now.time
    if course is None:
        return SinceDose()
    last = course.last_dose(now)
    highest = max((grade.grade or 0 for grade in history.grades if grade.time >= last.time), default=0)
    over_up_to = chart.rules.decisions.next_dose.over_up_to_grade
    spells = _spells(history.grades, highest, over_up_to) if highest else []
    return SinceDose(
        highest=highest,
        worst_now=history.now.all.hi,
        came_again=_came_again(history.grades, over_up_to),
        lasting_days=_length(spells, now) / DAY,
        hours=_hours_since(last, now),
        doses=_doses(course, last),
    )


def _came_again(grades: Sequence[Icans], over_up_to: int) -> int:
    """The highest grade reached in two separate periods of this course; 0 if there is none."""
    peak = max((grade.grade or 0 for grade in grades), default=0)
    twice = (grade for grade in range(peak, 0, -1) if len(_spells(grades, grade, over_up_to)) > 1)
    return next(twice, 0)


class _Spell(NamedTuple):
    """A period at a grade or higher; `end` None: still ongoing."""

    start: datetime
    end: datetime | None = None


def _spells(grades: Iterable[Icans], highest: int, over_up_to: int) -> list[_Spell]:
    """Periods at this grade or higher, each until the first grade of `over_up_to` or lower."""
    spells: list[_Spell] = []
    for grade in grades:
        running = bool(spells) and spells[-1].end is None
        if not running and (grade.grade or 0) >= highest:
            spells.append(_Spell(grade.time))
        elif running and grade.grade is not None and grade.grade <= over_up_to and grade.grade < highest:
            spells[-1] = spells[-1]._replace(end=grade.time)
    return spells


def _length(spells: list[_Spell], now: datetime) -> timedelta:
    if not spells:
        return timedelta()
    last = spells[-1]
    return (last.end or now) - last.start


def _hours_since(dose: Dose, now: datetime) -> float:
    """Hours since the dose; the fewest possible if only its date is known."""
    hours = (now - dose.time) / HOUR
    return max(0.0, hours - DAY / HOUR) if dose.date_only else hours


def _doses(course: Course, last: Dose) -> int:
    return sum(dose.product == last.product for dose in course.doses)
