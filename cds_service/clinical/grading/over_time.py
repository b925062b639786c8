"""The grade at every moment of a course at which it changes: with a new record, or because one becomes too old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.history import History
from cds_service.clinical.grading.icans import icans_at


def grades_over_time(chart: Chart, history: History) -> list[Icans]:
    """The grades of the history, and those at the moments in between at which a grade changes without a new record."""
    if not history.now.domains:
        return []
    graded = {grade.time: grade for grade in history.grades}
    silent = {moment for moment in _silent_changes(chart) if history.grades[0].time < moment < history.now.time}
    graded |= {moment: icans_at(chart, moment) for moment in silent - graded.keys()}
    return [graded[time] for time in sorted(graded)]


def _silent_changes(chart: Chart) -> Iterator[datetime]:
    """When a reading, sign or cause becomes too old to count, and when sedation starts and wears off."""
    rules = chart.rules.decisions
    ages = (
        chart.assessment_window,
        rules.current.seizure,
        rules.persisting.stale_after,
        rules.persisting.history_after,
        rules.other_cause.current,
        rules.other_cause.haemorrhage,
    )
    for time in (*chart.domain_times, *chart.context_times):
        yield from (time + age + timedelta(seconds=1) for age in ages)
    for spell in chart.sedation.spells:
        yield from filter(None, (spell.start, spell.until))
