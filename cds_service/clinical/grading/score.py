"""What an ICE or CAPD is worth: here points become a grade (rules D1, D3, T5)."""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.clinical.course.assessment import Assessment
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.instrument import CAPD, ICE
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.guideline import GradeBand


def score_range(chart: Chart, instrument: str, score: Assessment) -> Range:
    """The grades that a score allows; a normal one of the day of a dose may be older than the dose."""
    graded = _ice(chart, score) if instrument == ICE else _capd(chart, score)
    if graded.lo or not chart.is_dose_day(score.time):
        return graded
    return graded.doubted(chart.rules.decisions.dose_day.ice)


def is_normal(chart: Chart, instrument: str, score: Assessment) -> bool:
    """Whether nothing was lost even at its worst: an ICE of 10, a CAPD of 0."""
    if instrument == ICE:
        return score.low == chart.rules.grading.ice.maximum
    return score.high < chart.rules.decisions.capd.common.first


def _ice(chart: Chart, score: Assessment) -> Range:
    """By the published bands; items that were not tested leave several."""
    bands = chart.rules.grading.ice.bands
    return Range(_published(score.high, bands), _published(score.low, bands))


def _capd(chart: Chart, score: Assessment) -> Range:
    """By the published bands; a score that is common in sick children is compared with their own from before."""
    rules, before = chart.rules.decisions.capd, chart.baseline[CAPD]
    common = rules.common.first <= score.low <= rules.common.last
    if not common or before is None or before.low >= rules.baseline_below:
        published = _published(score.low, chart.rules.grading.capd.bands)
        return Range(published, published)
    return rules.within_baseline if score.low <= before.low else rules.above_baseline


def _published(points: int, bands: Sequence[GradeBand]) -> int:
    """The published grade of a score; the bands cover every possible one."""
    return next(band.grade for band in bands if band.first <= points <= band.last)
