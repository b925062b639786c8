"""All that may be a look-alike at a moment, and which work-up follows (rules L1-L5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from cds_service.clinical.course import speech
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.icans import instrument_at
from cds_service.clinical.look_alikes.causes import LookAlike, causes_on_record, not_measured
from cds_service.clinical.look_alikes.iec_hs import iec_hs_signs

WORK_UP, IEC_HS = "look-alike-work-up", "iec-hs-work-up"


class LookAlikes(NamedTuple):
    """`causes`: what may explain findings; `not_measured`: routine values that would tell.

    `non_icans`: symptoms that are another neurotoxicity; `iec_hs`: values that ask for a work-up; each with its source.
    `current`: how long a routine value counts.
    """

    causes: tuple[LookAlike, ...] = ()
    not_measured: tuple[str, ...] = ()
    non_icans: tuple[Record, ...] = ()
    iec_hs: tuple[Record, ...] = ()
    non_icans_source: str = ""
    iec_hs_source: str = ""
    current: timedelta = timedelta()

    @property
    def first(self) -> tuple[LookAlike, ...]:
        """The causes that are treated before anything else is asked."""
        return tuple(cause for cause in self.causes if cause.first)

    @property
    def actions(self) -> Iterator[str]:
        """What is recommended for them, in the vocabulary of docs/assessment-codes.md."""
        if self.causes or self.non_icans:
            yield WORK_UP
        if self.iec_hs:
            yield IEC_HS


def look_alikes(chart: Chart, icans: Icans) -> LookAlikes:
    """Causes only where there is something to explain; the others whatever the grade."""
    moment, table = icans.time, chart.rules.look_alikes
    symptomatic = _is_symptomatic(chart, icans)
    return LookAlikes(
        causes=causes_on_record(chart, moment) if symptomatic else (),
        not_measured=not_measured(chart, moment) if symptomatic else (),
        non_icans=_non_icans(chart, icans),
        iec_hs=iec_hs_signs(chart, moment),
        non_icans_source=table.non_icans.provenance.source,
        iec_hs_source=table.iec_hs.provenance.source,
        current=table.current,
    )


def _is_symptomatic(chart: Chart, icans: Icans) -> bool:
    """A floor of 1 before other causes, or a current symptom of rule D2."""
    return bool(icans.all.lo or speech.current_doubts(chart, instrument_at(chart, icans.time), icans.time))


def _non_icans(chart: Chart, icans: Icans) -> tuple[Record, ...]:
    """The newest of each symptom after a product that is known for it."""
    rules, course = chart.rules.look_alikes.non_icans, chart.course
    if course is None or not any(dose.product in rules.products for dose in course.doses):
        return ()
    recorded = chart.of("neuro-symptom").within(rules.within, icans.time)
    return tuple({record.value: record for record in recorded if record.value in rules.symptoms}.values())
