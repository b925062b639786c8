"""When what a patient says tells nothing: on a ventilator, or without a common language (rules D2 and D4)."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.course import vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.course.instrument import ICE


def no_common_language(chart: Chart, instrument: str | None, moment: datetime) -> bool:
    """Whether the newest record of the score says that it was not taken because there was no common language.

    Of several reasons given at the same time, one of them being the language is enough.
    """
    if not instrument:
        return False
    refusals = chart.not_performed[instrument].within(chart.assessment_window, moment)
    newest = [one for one in refusals if one.time == refusals[-1].time]
    if not any(one.value == chart.rules.decisions.doubt.unless_refused for one in newest):
        return False
    score = chart.assessments[instrument].newest(moment)
    return score is None or newest[-1].time > score.time


def counts(chart: Chart, instrument: str | None, moment: datetime, doubt: Doubt) -> bool:
    """Whether a sign says something at a moment, though it may rest on speech."""
    if doubt.unless_ventilated and vitals.is_ventilated(chart, moment):
        return False
    return not (doubt.by_speech and no_common_language(chart, instrument, moment))


def current_doubts(chart: Chart, instrument: str | None, moment: datetime) -> tuple[Doubt, ...]:
    """The current signs that count; those of ICE if the instrument is unknown."""
    recent = chart.doubts[instrument or ICE].within(chart.assessment_window, moment)
    return tuple(one for one in recent if counts(chart, instrument, moment, one))
