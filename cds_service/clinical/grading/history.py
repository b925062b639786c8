"""The course so far: grades over time, peak, onset, trend, what was last known (rules G2, G3 and E1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cds_service.clinical.course.assessment import apart
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.icans import icans_at, instrument_at
from cds_service.clinical.tables.grade import Certainty, Range

NEW, WORSENING, STABLE, IMPROVING, RESOLVED = "new", "worsening", "stable", "improving", "resolved"


@dataclass(frozen=True, slots=True)
class History:
    """Grades at each time of this course at which something changed, the last of them the present.

    `newest_record`: of any domain, without those that sedation takes away (rule A1). `assessing`: from when until when
    each assessment of several records went on.
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
        """The same grades with what is as before the therapy counted 0 (rule A7)."""
        return tuple(grade.beyond_baseline for grade in self.grades)

    @property
    def peak(self) -> Icans | None:
        """The first time of the highest floor, before other causes; None where nothing could be graded."""
        gradable = [grade for grade in self.beyond_baseline if grade.certainty is not Certainty.CANNOT_GRADE]
        return max(gradable, key=lambda grade: grade.all.lo, default=None)

    @property
    def onset(self) -> datetime | None:
        """The first time with a floor of 1 or more."""
        return next((grade.time for grade in self.beyond_baseline if grade.all.lo), None)

    @property
    def last_known(self) -> Icans | None:
        """The newest time with a grade, or a grade if attributable."""
        return next((grade for grade in reversed(self.beyond_baseline) if grade.known_grade is not None), None)

    @property
    def highest_known(self) -> int:
        """The highest grade, or grade if attributable, that was known in this course; 0 where none was."""
        return max(max(grade.grade or 0, grade.if_attributable or 0) for grade in self.beyond_baseline)

    def rose_within(self, span: timedelta) -> bool:
        """Whether a grade in the last `span`, its limit included, was above the grade before it; none before is 0."""
        before = 0
        for grade in self.beyond_baseline:
            if grade.grade is None:
                continue
            if grade.grade > before and self.now.time - grade.time <= span:
                return True
            before = grade.grade
        return False

    def last_gradable(self, moment: datetime) -> Icans | None:
        """The newest time at `moment` or before at which anything could be said of the grade."""
        past = (grade for grade in reversed(self.beyond_baseline) if grade.time <= moment)
        return next((grade for grade in past if grade.certainty is not Certainty.CANNOT_GRADE), None)

    def trend(self, after: timedelta) -> str | None:
        """How the grade compares with that of more than `after` before the newest record (rule G3)."""
        now, before = self.now, self._before(after)
        if now.grade is None:
            return None
        return compared(Range(now.grade, now.all.hi), before)

    def grade_before(self, after: timedelta) -> int | None:
        """The newest grade of more than `after` before the newest record; None where there was none."""
        before = self._before(after)
        return None if before is None else before.lo

    def _before(self, after: timedelta) -> Range | None:
        """That grade, and how high it may have been; times inside one assessment of the score do not count."""
        newest = self.newest_record
        earlier = (grade for grade in reversed(self.grades) if newest and grade.time < newest - after)
        apart = (grade for grade in earlier if not any(start <= grade.time < end for start, end in self.assessing))
        return next((Range(grade.grade, grade.all.hi) for grade in apart if grade.grade is not None), None)


def compared(now: Range, before: Range | None) -> str | None:
    """How a grade compares with an earlier one (rule G3); `lo` is the grade, `hi` how high it may be.

    None where there was none before, and where the lower of the two may be as high as the other.
    """
    if before is None or not before.lo:
        return NEW if now.lo else (None if before is None else STABLE)
    if now.lo == before.lo:
        return STABLE
    lower, higher = sorted((now, before))
    if lower.hi >= higher.hi:
        return None
    return WORSENING if now is higher else IMPROVING if now.lo else RESOLVED


def history_of(chart: Chart, moment: datetime) -> History:
    """Grade every time at which something was recorded, and `moment` itself."""
    records = [time for time in chart.domain_times if time <= moment]
    times = sorted({*records, *(time for time in chart.context_times if time <= moment)} - {moment})
    grades = tuple(icans_at(chart, time) for time in times)
    newest = max((time for time in chart.awake_times if time <= moment), default=None)
    return History((*grades, icans_at(chart, moment)), newest, tuple(_assessing(chart, moment)))


def _assessing(chart: Chart, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From the first record to the newest of each assessment by the patient's instrument."""
    name = instrument_at(chart, moment)
    scores = apart(chart.assessments[name], moment) if name else ()
    return ((one.began, one.time) for one in scores if one.began < one.time)


def episode_start(grades: Sequence[Icans], ends_after: timedelta) -> datetime | None:
    """The first time with a grade of 1 or more in the present episode; None where there is no episode.

    An episode ends with exact 0 at every time of at least `ends_after` (rule E1).
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
