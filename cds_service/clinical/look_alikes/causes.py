"""The look-alikes at a moment, and the work-up that follows (rules L1-L5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course import current_signs
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import NEURO_SYMPTOM
from cds_service.clinical.facts.patient import Measured, Record
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.icans import instrument_at
from cds_service.clinical.look_alikes.iec_hs import iec_hs_signs
from cds_service.clinical.tables.look_alikes import LaboratoryCause, LookAlikeTable
from cds_service.clinical.tables.names import Concept, LookAlikeCause
from cds_service.clinical.tables.vocabulary import UNITS
from cds_service.clinical.treatment.steroids import is_recent


class LookAlike(NamedTuple):
    """Something on record that may explain the findings.

    `value`: of a measurement; `confirmed`: the limit that it exceeds is verified; `first`: it is treated at once.
    """

    cause: LookAlikeCause
    what: Concept
    value: Measured | None
    time: datetime | None
    source: str
    confirmed: bool = True
    first: bool = False


def causes_on_record(chart: Chart, moment: datetime) -> tuple[LookAlike, ...]:
    """All causes on record, measurements first."""
    table = chart.rules.look_alikes
    return (
        *_laboratory(chart, table, moment),
        *_diagnoses(chart, table, moment),
        *_drugs(chart, table, moment),
    )


def not_measured(chart: Chart, moment: datetime) -> tuple[Concept, ...]:
    """Routine values for which no current measurement is on record."""
    table = chart.rules.look_alikes
    return tuple(row.concept for row in table.laboratory if row.routine and not _newest(chart, row, table, moment))


def measured(record: Record) -> Measured:
    """The value of a laboratory result, in the unit of the tables."""
    return Measured.of(record, UNITS[record.concept])


def _laboratory(chart: Chart, table: LookAlikeTable, moment: datetime) -> Iterator[LookAlike]:
    for row in table.laboratory:
        for record in _newest(chart, row, table, moment):
            if _is_off(record, row):
                confirmed, value = row.provenance.verified, measured(record)
                first = _is_below(record, row.first_below)
                yield LookAlike(row.cause, row.concept, value, record.time, record.source, confirmed, first)


def _newest(chart: Chart, row: LaboratoryCause, table: LookAlikeTable, moment: datetime) -> list[Record]:
    """At most one newest current value, in this course or not."""
    known = [one for one in chart.facts.of(row.concept) if moment - table.current <= one.time <= moment]
    return known[-1:]


def _is_off(record: Record, row: LaboratoryCause) -> bool:
    """Whether a value is certainly beyond the limit; a bound that leaves it open is not."""
    if row.below is not None:
        return _is_below(record, row.below)
    return record.reference.high is not None and record.more_than(record.reference.high) is True


def _is_below(record: Record, limit: float | None) -> bool:
    return limit is not None and record.at_least(limit) is False


def _diagnoses(chart: Chart, table: LookAlikeTable, moment: datetime) -> Iterator[LookAlike]:
    start = chart.course.start if chart.course else None
    known = [one for one in chart.facts.diagnoses if not one.refuted and (one.time is None or one.time <= moment)]
    for row in table.diagnosis:
        for one in known:
            recent = one.time is not None and (start is None or one.time >= start)
            if one.concept in row.diagnoses and (recent or row.any_time):
                yield LookAlike(row.cause, one.concept, None, one.time, one.source)


def _drugs(chart: Chart, table: LookAlikeTable, moment: datetime) -> Iterator[LookAlike]:
    for row in table.drug:
        given = [
            dose
            for dose in chart.administrations.until(moment)
            if dose.drug in row.drugs and is_recent(dose, moment, row.within)
        ]
        if given:
            yield LookAlike(row.cause, given[-1].drug, None, given[-1].time, given[-1].source)


WORK_UP, IEC_HS = "look-alike-work-up", "iec-hs-work-up"


class LookAlikes(NamedTuple):
    """`causes`: what may explain the findings; `not_measured`: routine values that would help to tell.

    `non_icans`: symptoms of another neurotoxicity; `iec_hs`: values that call for a work-up; each with its source.
    `current`: how long a routine value counts.
    """

    causes: tuple[LookAlike, ...] = ()
    not_measured: tuple[Concept, ...] = ()
    non_icans: tuple[Record, ...] = ()
    iec_hs: tuple[Record, ...] = ()
    non_icans_source: str = ""
    iec_hs_source: str = ""
    current: timedelta = timedelta()

    @property
    def first(self) -> tuple[LookAlike, ...]:
        """The causes to treat before anything else."""
        return tuple(cause for cause in self.causes if cause.first)

    @property
    def actions(self) -> Iterator[str]:
        """The recommendations for them, in the vocabulary of docs/assessment-codes.md."""
        if self.causes or self.non_icans:
            yield WORK_UP
        if self.iec_hs:
            yield IEC_HS


def look_alikes(chart: Chart, icans: Icans) -> LookAlikes:
    """The look-alikes of a grade; causes only if there are findings to explain, the rest at any grade."""
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
    """Whether there is a floor of 1 before other causes, or a current symptom of rule D2."""
    return bool(icans.all.lo or current_signs.current_doubts(chart, instrument_at(chart, icans.time), icans.time))


def _non_icans(chart: Chart, icans: Icans) -> tuple[Record, ...]:
    """The newest record of each symptom, after a product that is known to cause it."""
    rules, course = chart.rules.look_alikes.non_icans, chart.course
    if course is None or not any(dose.product in rules.products for dose in course.doses):
        return ()
    recorded = chart.of(NEURO_SYMPTOM).within(rules.within, icans.time)
    return tuple({record.value: record for record in recorded if record.value in rules.symptoms}.values())
