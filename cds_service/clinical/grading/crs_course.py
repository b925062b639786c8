"""CRS over the course: its highest grade, what it was before now, and low blood pressure without fever (rule C7)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course import measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import OPEN, Crs, crs_at, fever_treatments, pressure_limits, vasopressor_infusions
from cds_service.clinical.grading.history import compared
from cds_service.clinical.tables.grade import Range

CONCEPTS = (
    measurements.TEMPERATURE,
    measurements.SYSTOLIC,
    measurements.MEAN,
    measurements.SATURATION,
    measurements.FLOW,
    measurements.DEVICE,
)


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
    if not chart.of(measurements.TEMPERATURE):
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
        case measurements.TEMPERATURE:
            return lambda record: record.at_least(table.fever_cel)
        case measurements.SATURATION:
            return lambda record: record.at_least(rules.spo2_at_least)
        case measurements.FLOW:
            return lambda record: record.more_than(table.hypoxia.low_flow_up_to_l_per_min)
        case measurements.DEVICE:
            return lambda record: record.value
    limits = _limits(chart, records)
    return lambda record: tuple(record.at_least(limit) for limit in limits)


def _limits(chart: Chart, records: Sequence[Record]) -> tuple[float, ...]:
    """Every limit of a pressure in the course: a birthday changes that of a child."""
    ages = [pressure_limits(chart, record.time) for record in (*records[:1], *records[-1:])]
    return tuple({limit for age in ages for pair in age for limit in pair if limit})


def _after_seizures(chart: Chart) -> Iterator[datetime]:
    span = chart.rules.decisions.current.seizure
    devices = chart.of(measurements.DEVICE)
    for seizure in chart.seizures if devices else ():
        over = next((time for time in devices.times if time > seizure.time + span), None)
        if over is not None:
            yield over


class LowPressureAct(StrEnum):
    """What follows: look for another cause, or take a temperature because there is none yet."""

    LOOK_FOR_CAUSE = "look-for-cause"
    TAKE_TEMPERATURE = "take-temperature"


class LowPressure(NamedTuple):
    """`pressure`: the low one, None where only the vasopressors say so."""

    act: LowPressureAct
    pressure: Record | None
    vasopressors: tuple[str, ...]


def low_pressure(chart: Chart, graded: Crs) -> LowPressure | None:
    """None where the pressure is not known to be low and no vasopressor runs, or where there was fever."""
    if graded.gate == OPEN or not graded.basis:
        return None
    pressure = _low(chart, graded.time)
    if pressure is None and not graded.vasopressors:
        return None
    measured = chart.of(measurements.TEMPERATURE).within(chart.rules.decisions.current.vital_signs, graded.time)
    act = LowPressureAct.LOOK_FOR_CAUSE if measured else LowPressureAct.TAKE_TEMPERATURE
    return LowPressure(act, pressure, graded.vasopressors)


def _low(chart: Chart, moment: datetime) -> Record | None:
    """The newest systolic or mean pressure that is hypotension at every age that is possible."""
    limits = pressure_limits(chart, moment)
    for index, concept in enumerate((measurements.SYSTOLIC, measurements.MEAN)):
        record = measurements.lowest(chart, concept, moment)
        if record and all(_is_below(record, one[index]) for one in limits):
            return record
    return None


def _is_below(record: Record, limit: float | None) -> bool:
    """Certainly below; at an age without a limit nothing is."""
    return limit is not None and record.at_least(limit) is False
