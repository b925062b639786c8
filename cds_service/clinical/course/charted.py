"""Grades charted by a clinician: shown beside the computed grade, never instead of it (rule G4)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.names import Concept

ICANS = Concept("icans-grade-documented")
CRS = Concept("crs-grade-documented")


class ChartedGrade(NamedTuple):
    """The newest charted grade. `differs`: it is not the computed grade, or no grade could be computed.

    `is_recent`: it is so recent that the urgency must not fall below it.
    """

    grade: int
    time: datetime
    differs: bool
    is_recent: bool


def charted_grade(chart: Chart, concept: Concept, moment: datetime, ours: int | None) -> ChartedGrade | None:
    """The newest charted grade of a scale, compared with the computed one; None if none is charted."""
    record = newest(chart, concept, moment)
    if record is None:
        return None
    grade, is_recent = int(record.value), moment - record.time < chart.rules.decisions.course.charted
    return ChartedGrade(grade, record.time, differs=grade != ours, is_recent=is_recent)


def newest(chart: Chart, concept: Concept, moment: datetime) -> Record | None:
    """The newest grade charted in this course; the higher if two have the same time."""
    known = chart.of(concept).until(moment)
    return max(known, key=lambda record: (record.time, record.value), default=None)
