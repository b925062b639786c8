"""The history of grades in a course: peak, onset, trend, last known grade (rules G2, G3 and E1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cds_service.clinical.course.assessment import apart
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.icans import icans_at, instrument_at
from cds_service.clinical.tables.grade import Certainty, Range


class Trend(StrEnum):
    """How a grade moves; the values are keys of the card texts."""

    NEW = "new"
    WORSENING = "worsening"
    STABLE = "stable"
    IMPROVING = "improving"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class History:
    """The grade at each time of this course at which something changed, ending with the present.

    `newest_record`: of any domain, except records that sedation invalidates (rule A1). `assessing`: start and end of
    each assessment that consists of several records.
    """

    grades: tuple[Icans, ...]
    newest_record: datetime | None
    assessing: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def now(self) -> Icans:
        """The present grade."""
        return self.grades[-1]

    @property
    def beyond_baseline(self) -> tuple[Icans, ...]:
        """The same grades, counting as 0 what is no worse than before the therapy (rule A7)."""
        return tuple(grade.beyond_baseline for grade in self.grades)

    @property
    def peak(self) -> Icans | None:
        """The first time of the highest floor, before other causes; None if nothing could be graded."""
        gradable = [grade for grade in self.beyond_baseline if grade.certainty is not Certainty.CANNOT_GRADE]
        return max(gradable, key=lambda grade: grade.all.lo, default=None)

    @property
    def onset(self) -> datetime | None:
        """The first time with a floor of 1 or more."""
        return next((grade.time for grade in self.beyond_baseline if grade.all.lo), None)

    @property
    def treated_grade(self) -> int:
        """The grade that determines treatment (rules Q8, Q12): the present one, else the last known one, else 0."""
        now, known = self.now.beyond_baseline, self.last_known
        if now.known_grade is not None:
            return now.all.lo
        return (known.known_grade if known else None) or 0

    @property
    def last_known(self) -> Icans | None:
        """The newest time with a grade, or with a grade if attributable."""
        return next((grade for grade in reversed(self.beyond_baseline) if grade.known_grade is not None), None)

    @property
    def highest_known(self) -> int:
        """The highest grade, or grade if attributable, known in this course; 0 if there was none."""
        return max(max(grade.grade or 0, grade.if_attributable or 0) for grade in self.beyond_baseline)

    def rose_within(self, span: timedelta) -> bool:
        """Whether the grade rose within the last `span`, its limit included; a first grade counts as a rise from 0."""
        before = 0
        for grade in self.beyond_baseline:
            if grade.grade is None:
                continue
            if grade.grade > before and self.now.time - grade.time <= span:
                return True
            before = grade.grade
        return False

    def last_gradable(self, moment: datetime) -> Icans | None:
        """The newest time at or before `moment` at which the grade was at least partly known."""
        past = (grade for grade in reversed(self.beyond_baseline) if grade.time <= moment)
        return next((grade for grade in past if grade.certainty is not Certainty.CANNOT_GRADE), None)

    def trend(self, after: timedelta) -> Trend | None:
        """How the grade compares with the one from more than `after` before the newest record (rule G3)."""
        now, before = self.now, self._before(after)
        if now.grade is None:
            return None
        return compared(Range(now.grade, now.all.hi), before)

    def grade_before(self, after: timedelta) -> int | None:
        """The newest grade from more than `after` before the newest record; None if there is none."""
        before = self._before(after)
        return None if before is None else before.lo

    def _before(self, after: timedelta) -> Range | None:
        """The same grade as a range; times within one assessment of the score do not count."""
        newest = self.newest_record
        earlier = (grade for grade in reversed(self.grades) if newest and grade.time < newest - after)
        apart = (grade for grade in earlier if not any(start <= grade.time < end for start, end in self.assessing))
        return next((Range(grade.grade, grade.all.hi) for grade in apart if grade.grade is not None), None)


def compared(now: Range, before: Range | None) -> Trend | None:
    """How a grade compares with an earlier one (rule G3); `lo` is the grade, `hi` how high it may be.

    None if there is no earlier grade, or if the lower of the two may be as high as the other.
    """
    if before is None or not before.lo:
        return Trend.NEW if now.lo else (None if before is None else Trend.STABLE)
    if now.lo == before.lo:
        return Trend.STABLE
    lower, higher = sorted((now, before))
    if lower.hi >= higher.hi:
        return None
    return Trend.WORSENING if now is higher else Trend.IMPROVING if now.lo else Trend.RESOLVED


def history_of(chart: Chart, moment: datetime) -> History:
    """The grade at every time at which something was recorded, and at `moment` itself."""
    records = [time for time in chart.domain_times if time <= moment]
    times = sorted({*records, *(time for time in chart.context_times if time <= moment)} - {moment})
    grades = tuple(icans_at(chart, time) for time in times)
    newest = max((time for time in chart.awake_times if time <= moment), default=None)
    return History((*grades, icans_at(chart, moment)), newest, tuple(_assessing(chart, moment)))


def _assessing(chart: Chart, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Start and end of each assessment by the patient's instrument."""
    name = instrument_at(chart, moment)
    scores = apart(chart.assessments[name], moment) if name else ()
    return ((one.began, one.time) for one in scores if one.began < one.time)


def episode_start(grades: Sequence[Icans], ends_after: timedelta) -> datetime | None:
    """When the present episode first reached grade 1; None if there is no episode.

    An episode ends when every grade for at least `ends_after` is exactly 0 (rule E1).
    """
    start: datetime | None = None
    clear_since: datetime | None = None
    for grade in grades:
        clear = grade.certainty is Certainty.EXACT and not grade.all.lo
        clear_since = (clear_since or grade.time) if clear else None
        if clear_since is not None and grade.time - clear_since >= ends_after:
            start = None
        if start is None and grade.grade:
            start = grade.time
    return start
