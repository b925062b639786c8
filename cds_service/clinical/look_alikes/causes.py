"""Laboratory values, diagnoses and drugs that may explain the findings (rules L1-L3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.measured import Measured
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.look_alikes import LaboratoryCause, LookAlikeTable
from cds_service.clinical.tables.units import UNITS
from cds_service.clinical.treatment.steroids import is_recent


class LookAlike(NamedTuple):
    """Something on record that may explain findings.

    `value`: of a measurement; `confirmed`: whether the limit that it is beyond is verified; `first`:
    whether it is treated at once.
    """

    cause: str
    what: str
    value: Measured | None
    time: datetime | None
    source: str
    confirmed: bool = True
    first: bool = False


def causes_on_record(chart: Chart, moment: datetime) -> tuple[LookAlike, ...]:
    """All of them, measurements first."""
    table = chart.rules.look_alikes
    return (
        *_laboratory(chart, table, moment),
        *_diagnoses(chart, table, moment),
        *_drugs(chart, table, moment),
    )


def not_measured(chart: Chart, moment: datetime) -> tuple[str, ...]:
    """Routine values that are not on record for as long as they would be current."""
    table = chart.rules.look_alikes
    return tuple(row.concept for row in table.laboratory if row.routine and not _newest(chart, row, table, moment))


def measured(record: Record) -> Measured:
    """The value of a laboratory test."""
    return Measured.of(record, UNITS[record.concept])


def _laboratory(chart: Chart, table: LookAlikeTable, moment: datetime) -> Iterator[LookAlike]:
    for row in table.laboratory:
        for record in _newest(chart, row, table, moment):
            if _is_off(record, row):
                confirmed, value = row.provenance.verified, measured(record)
                first = _is_below(record, row.first_below)
                yield LookAlike(row.cause, row.concept, value, record.time, record.source, confirmed, first)


def _newest(chart: Chart, row: LaboratoryCause, table: LookAlikeTable, moment: datetime) -> list[Record]:
    """The newest current value, of this course or not; none or one."""
    known = [one for one in chart.facts.of(row.concept) if moment - table.current <= one.time <= moment]
    return known[-1:]


def _is_off(record: Record, row: LaboratoryCause) -> bool:
    """Certainly beyond the limit; a bound that leaves it open is not."""
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
