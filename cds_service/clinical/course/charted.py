"""Grades that a clinician charted: shown beside ours, never instead of it (rule G4)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record

ICANS = "icans-grade-documented"
CRS = "crs-grade-documented"


class ChartedGrade(NamedTuple):
    """The newest charted grade. `differs`: it is not what we find, or we find none.

    `is_recent`: it is so new that the urgency must not fall below it.
    """

    grade: int
    time: datetime
    differs: bool
    is_recent: bool


def charted_grade(chart: Chart, concept: str, moment: datetime, ours: int | None) -> ChartedGrade | None:
    """The newest charted grade of a scale beside ours; None where none is charted."""
    record = newest(chart, concept, moment)
    if record is None:
        return None
    grade, is_recent = int(record.value), moment - record.time < chart.rules.decisions.course.charted
    return ChartedGrade(grade, record.time, differs=grade != ours, is_recent=is_recent)


def newest(chart: Chart, concept: str, moment: datetime) -> Record | None:
    """The newest grade charted in this course; of two at the same time the higher."""
    known = chart.of(concept).until(moment)
    return max(known, key=lambda record: (record.time, record.value), default=None)
