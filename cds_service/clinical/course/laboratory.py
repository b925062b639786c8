"""Laboratory values that are current, of this course or not."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.course import vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record

PLATELETS, FIBRINOGEN = "platelets", "fibrinogen"


def newest_low(chart: Chart, concept: str, moment: datetime) -> Record | None:
    """The newest current value; of two at the same time the lower."""
    current = chart.rules.look_alikes.current
    known = [one for one in chart.facts.of(concept) if moment - current <= one.time <= moment]
    return min((one for one in known if one.time == known[-1].time), key=vitals.number, default=None)
