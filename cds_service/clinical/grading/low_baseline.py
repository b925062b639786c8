"""An ICE that was low before the therapy: whether it explains the present one, or none can be used (rule A7)."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.course.assessment import apart
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.instrument import ICE


def explains_ice(chart: Chart, moment: datetime) -> bool:
    """Whether the newest ICE is not below the baseline, nor below any earlier one of this course."""
    before, rules = chart.baseline[ICE], chart.rules
    if before is None or not rules.decisions.baseline.unusable_up_to < before.high < rules.grading.ice.maximum:
        return False
    scores = [one.low for one in apart(chart.assessments[ICE], moment)]
    return bool(scores) and scores[0] >= max(before.high, *scores)


def is_unusable(chart: Chart, moment: datetime) -> bool:
    """Whether the ICE was so low before the therapy that none of this course says anything."""
    before, limit = chart.baseline[ICE], chart.rules.decisions.baseline.unusable_up_to
    if before is None or before.high > limit:
        return False
    return all(one.low <= limit for one in apart(chart.assessments[ICE], moment))
