"""CRS over the course: peak, onset and trend, as for ICANS (rules G2, G3 and C)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cds_service.clinical.course import vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import Crs, crs_at, fever_treatments, pressure_limits, vasopressor_infusions
from cds_service.clinical.grading.history import compared
from cds_service.clinical.tables.grade import Range

CONCEPTS = (vitals.TEMPERATURE, vitals.SYSTOLIC, vitals.MEAN, vitals.SATURATION, vitals.FLOW, vitals.DEVICE)


@dataclass(frozen=True, slots=True)
class CrsCourse:
    """The first time of the highest floor, the first floor of 1 or more, and how the grade moves from `before`."""

    peak: Crs | None = None
    onset: datetime | None = None
    trend: str | None = None
    before: int | None = None


def crs_course(chart: Chart, now: Crs) -> CrsCourse:
    """The course up to the present grade. Vital signs of a stay are many: only turning points are graded."""
    turns = sorted({time for time in _turning_points(chart, now.time) if time < now.time})
    grades = (*(crs_at(chart, time) for time in turns), now)
    known = [graded for graded in grades if graded.grade is not None]
    before = None if now.grade is None else _grade_before(chart, now, turns)
    return CrsCourse(
        peak=max(known, key=lambda graded: graded.range.lo, default=None),
        onset=next((graded.time for graded in grades if graded.range.lo), None),
        trend=None if now.grade is None else compared(now.range, before),
        before=before.lo if before else None,
    )


def _grade_before(chart: Chart, now: Crs, turns: list[datetime]) -> Range | None:
    """The newest grade of more than the set time before the newest record; None where there was none."""
    times = sorted({record.time for concept in CONCEPTS for record in chart.of(concept).until(now.time)})
    limit = times[-1] - chart.rules.decisions.course.trend_after
    earlier = [*turns[: bisect_left(turns, limit)], *times[: bisect_left(times, limit)][-1:]]
    grades = (crs_at(chart, time) for time in sorted(earlier, reverse=True))
    return next((graded.range for graded in grades if graded.grade is not None), None)


def _turning_points(chart: Chart, moment: datetime) -> Iterator[datetime]:
    """Times at which a floor may rise or a grade become known: a finding changes, a drug begins.

    Also the first record after a seizure has ceased to be a reason for a supported airway. Without any temperature
    nothing can be told of any time.
    """
    if not chart.of(vitals.TEMPERATURE):
        return
    for concept in CONCEPTS:
        yield from _changes(chart, concept, moment)
    given = (*vasopressor_infusions(chart, moment), *fever_treatments(chart, moment))
    start = chart.course.start if chart.course else None
    yield from (dose.time for dose in given if start is None or dose.time >= start)
    yield from _after_seizures(chart)


def _changes(chart: Chart, concept: str, moment: datetime) -> Iterator[datetime]:
    """Times of records that say something else than the one before, or follow when that was no longer current."""
    records, current = chart.of(concept).until(moment), chart.rules.decisions.current.vital_signs
    state_of = _reader(chart, concept, records)
    earlier: Record | None = None
    state: object = None
    for record in records:
        known, state = state, state_of(record)
        if earlier is None or state != known or record.time - earlier.time > current:
            yield record.time
        earlier = record


def _reader(chart: Chart, concept: str, records: Sequence[Record]) -> Callable[[Record], object]:
    """What the criteria read of a record."""
    table, rules = chart.rules.grading.crs, chart.rules.decisions.crs
    match concept:
        case vitals.TEMPERATURE:
            return lambda record: record.at_least(table.fever_cel)
        case vitals.SATURATION:
            return lambda record: record.at_least(rules.spo2_at_least)
        case vitals.FLOW:
            return lambda record: record.more_than(table.hypoxia.low_flow_up_to_l_per_min)
        case vitals.DEVICE:
            return lambda record: record.value
    limits = _limits(chart, records)
    return lambda record: tuple(record.at_least(limit) for limit in limits)


def _limits(chart: Chart, records: Sequence[Record]) -> tuple[float, ...]:
    """Every limit of a pressure in the course: a birthday changes that of a child."""
    ages = [pressure_limits(chart, record.time) for record in (*records[:1], *records[-1:])]
    return tuple({limit for age in ages for pair in age for limit in pair if limit})


def _after_seizures(chart: Chart) -> Iterator[datetime]:
    span = chart.rules.decisions.current.seizure
    devices = chart.of(vitals.DEVICE)
    for seizure in chart.seizures if devices else ():
        over = next((time for time in devices.times if time > seizure.time + span), None)
        if over is not None:
            yield over
