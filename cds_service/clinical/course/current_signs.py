"""What is current at a moment besides the domains of a grade: sedation, symptoms, doubts, a low Glasgow sum."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course import speech
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.consciousness import Gcs
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.course.sedation import Spell
from cds_service.clinical.facts.patient import Record


class CurrentSigns(NamedTuple):
    """`sedation`: what sedates or paralyses the patient (rule A1). `doubts`: what doubts a score (rule D2).

    `imaging`: what is not old yet. `low_glasgow`: the newest sum, where it is so low that the card is critical unless
    the patient is sedated.
    """

    sedation: Spell | None
    symptoms: tuple[Record, ...]
    imaging: tuple[Record, ...]
    doubts: tuple[Doubt, ...]
    low_glasgow: Gcs | None


def current_signs(chart: Chart, instrument: str | None, moment: datetime) -> CurrentSigns:
    """The signs at a moment; doubts are those of the instrument, or of ICE if the instrument is unknown."""
    window = chart.assessment_window
    return CurrentSigns(
        sedation=chart.sedation.at(moment),
        symptoms=chart.of("neuro-symptom").within(window, moment),
        imaging=chart.of("neuroimaging").within(chart.rules.decisions.persisting.stale_after, moment),
        doubts=speech.current_doubts(chart, instrument, moment),
        low_glasgow=_low_glasgow(chart, moment),
    )


def _low_glasgow(chart: Chart, moment: datetime) -> Gcs | None:
    sums = [gcs for gcs in chart.glasgow.within(chart.assessment_window, moment) if gcs.total is not None]
    low = bool(sums) and (sums[-1].total or 0) <= chart.rules.decisions.urgency.gcs_critical_up_to
    return sums[-1] if low else None
