"""The signs that count at a moment, and when speech cannot be interpreted (rules D2 and D4)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course import measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import ICE, NEURO_SYMPTOM, DomainName
from cds_service.clinical.course.consciousness import Gcs
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.course.sedation import Spell
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.vocabulary import Refusal

IMAGING, MRI, NORMAL = Concept("neuroimaging"), "mri", "normal"


def not_performed(chart: Chart, instrument: DomainName | None, moment: datetime) -> Refusal | None:
    """Why the score was not taken, by its newest record; None if it was taken, or if that record is not current.

    If several reasons were given at the same time, it is enough that one of them is language.
    """
    if not instrument:
        return None
    refusals = chart.not_performed[instrument].within(chart.assessment_window, moment)
    score = chart.assessments[instrument].newest(moment)
    if not refusals or (score is not None and refusals[-1].time <= score.time):
        return None
    newest = [str(one.value) for one in refusals if one.time == refusals[-1].time]
    language = chart.rules.decisions.doubt.unless_refused
    return Refusal(language if language in newest else newest[-1])


def no_common_language(chart: Chart, instrument: DomainName | None, moment: datetime) -> bool:
    """Whether the newest record of the score says that it was not taken because there was no common language."""
    return not_performed(chart, instrument, moment) == chart.rules.decisions.doubt.unless_refused


def counts(chart: Chart, instrument: DomainName | None, moment: datetime, doubt: Doubt) -> bool:
    """Whether a sign counts at a moment, considering that it may depend on speech."""
    if doubt.unless_ventilated and measurements.is_ventilated(chart, moment):
        return False
    return not (doubt.by_speech and no_common_language(chart, instrument, moment))


def current_doubts(chart: Chart, instrument: DomainName | None, moment: datetime) -> tuple[Doubt, ...]:
    """The current signs that count against the instrument's score; those of ICE if the instrument is unknown."""
    recent = chart.doubts[instrument or ICE].within(chart.assessment_window, moment)
    return tuple(one for one in recent if counts(chart, instrument, moment, one))


class CurrentSigns(NamedTuple):
    """`sedation`: what sedates or paralyses the patient (rule A1). `doubts`: signs that put a score in doubt (rule D2).

    `mri_done`: imaging that is not too old makes another MRI needless (rule P3). `low_glasgow`: the newest total, if it
    is low enough to make the card critical in a patient who is not sedated. `not_performed`: why no score was taken.
    """

    sedation: Spell | None
    symptoms: tuple[Record, ...]
    mri_done: bool
    doubts: tuple[Doubt, ...]
    low_glasgow: Gcs | None
    not_performed: Refusal | None


def current_signs(chart: Chart, instrument: DomainName | None, moment: datetime) -> CurrentSigns:
    """The signs at a moment; `doubts` are those of the instrument, or of ICE if the instrument is unknown."""
    window, persisting = chart.assessment_window, chart.rules.decisions.persisting
    return CurrentSigns(
        sedation=chart.sedation.at(moment),
        symptoms=chart.of(NEURO_SYMPTOM).within(window, moment),
        mri_done=any(map(_stands_for_mri, chart.of(IMAGING).within(persisting.stale_after, moment))),
        doubts=current_doubts(chart, instrument, moment),
        low_glasgow=_low_glasgow(chart, moment),
        not_performed=not_performed(chart, instrument, moment),
    )


def _stands_for_mri(image: Record) -> bool:
    """A CT never does; an image of unknown modality only if it shows something, because a normal one may be a CT."""
    return image.modality == MRI or (not image.modality and image.value != NORMAL)


def _low_glasgow(chart: Chart, moment: datetime) -> Gcs | None:
    sums = [gcs for gcs in chart.glasgow.within(chart.assessment_window, moment) if gcs.total is not None]
    low = bool(sums) and (sums[-1].total or 0) <= chart.rules.decisions.urgency.gcs_critical_up_to
    return sums[-1] if low else None
