"""CRS over the course: peak, onset, trend, and hypotension without fever (rule C7)."""

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
from cds_service.clinical.grading.crs import (
    FEVER,
    HYPOTENSION,
    HYPOXIA,
    OPEN,
    UNKNOWN,
    Crs,
    crs_at,
    fever_treatments,
    pressure_limits,
    vasopressor_infusions,
)
from cds_service.clinical.grading.history import Trend, compared
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.names import Concept, Drug

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
    """When the floor was highest, when it first reached 1, and how the grade has changed from `before`."""

    peak: Crs | None = None
    onset: datetime | None = None
    trend: Trend | None = None
    before: int | None = None


def crs_course(chart: Chart, now: Crs) -> CrsCourse:
    """The course up to the present grade; only turning points are graded, because vital signs are many."""
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
    """The newest grade from more than the set time before the newest record; None if there is none."""
    times = sorted({record.time for concept in CONCEPTS for record in chart.of(concept).until(now.time)})
    limit = times[-1] - chart.rules.decisions.course.trend_after
    earlier = [*turns[: bisect_left(turns, limit)], *times[: bisect_left(times, limit)][-1:]]
    grades = (crs_at(chart, time) for time in sorted(earlier, reverse=True))
    return next((graded.range for graded in grades if graded.grade is not None), None)


def _turning_points(chart: Chart, moment: datetime) -> Iterator[datetime]:
    """The times at which a floor may rise or a grade become known: a value changes, or a drug is started.

    Also the first record after a seizure has stopped being a possible reason for a supported airway. Without any
    temperature there are none, because CRS cannot be graded.
    """
    if not chart.of(measurements.TEMPERATURE):
        return
    for concept in CONCEPTS:
        yield from _changes(chart, concept, moment)
    given = (*vasopressor_infusions(chart, moment), *fever_treatments(chart, moment))
    start = chart.course.start if chart.course else None
    yield from (dose.time for dose in given if start is None or dose.time >= start)
    yield from _after_seizures(chart)


def _changes(chart: Chart, concept: Concept, moment: datetime) -> Iterator[datetime]:
    """The times of records that differ from the one before, or that follow after it has ceased to be current."""
    records, current = chart.of(concept).until(moment), chart.rules.decisions.current.vital_signs
    state_of = _reader(chart, concept, records)
    earlier: Record | None = None
    state: object = None
    for record in records:
        known, state = state, state_of(record)
        if earlier is None or state != known or record.time - earlier.time > current:
            yield record.time
        earlier = record


def _reader(chart: Chart, concept: Concept, records: Sequence[Record]) -> Callable[[Record], object]:
    """A function that reads from a record what the criteria use."""
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
    """Every pressure limit that applies in the course: a child's limits change with a birthday."""
    ages = [pressure_limits(chart, record.time) for record in (*records[:1], *records[-1:])]
    return tuple({limit for age in ages for pair in age for limit in pair if limit})


def _after_seizures(chart: Chart) -> Iterator[datetime]:
    span = chart.rules.decisions.current.seizure
    devices = chart.of(measurements.DEVICE)
    for seizure in chart.seizures if devices else ():
        over = next((time for time in devices.times if time > seizure.time + span), None)
        if over is not None:
            yield over


class GateLack(StrEnum):
    """What the fever gate lacks: a temperature of the last day, or the drugs given since a fever."""

    TEMPERATURE = "crs-without-temperature"
    DRUGS = "crs-without-drugs"


class SupportWithoutFever(NamedTuple):
    """Vasopressors and a ventilator in use while it is unknown whether there was fever."""

    support: tuple[Drug, ...]
    lacks: GateLack


def support_without_fever(chart: Chart, graded: Crs) -> SupportWithoutFever | None:
    """The support in use; None if there is none, or if it is known whether it is for CRS."""
    if graded.gate != UNKNOWN:
        return None
    ventilator = (chart.rules.decisions.doubt.unless_device,) if measurements.is_ventilated(chart, graded.time) else ()
    support = (*sorted(graded.vasopressors), *ventilator)
    return SupportWithoutFever(support, _lacks(graded)) if support else None


def _lacks(graded: Crs) -> GateLack:
    fever = next((part for part in graded.basis if part.name == FEVER), None)
    return GateLack.DRUGS if fever is not None and fever.value else GateLack.TEMPERATURE


class LowPressureAct(StrEnum):
    """What to do: look for another cause, or take a temperature if there is none yet."""

    LOOK_FOR_CAUSE = "look-for-cause"
    TAKE_TEMPERATURE = "take-temperature"


class LowPressure(NamedTuple):
    """`pressure`: the low value; None if only the vasopressors show it."""

    act: LowPressureAct
    pressure: Record | None
    vasopressors: tuple[Drug, ...]


def low_pressure(chart: Chart, graded: Crs) -> LowPressure | None:
    """None if there was fever, or if the pressure is not known to be low and no vasopressor is running."""
    if graded.gate == OPEN or not graded.basis:
        return None
    pressure = _low(chart, graded.time)
    if pressure is None and not graded.vasopressors:
        return None
    measured = chart.of(measurements.TEMPERATURE).within(chart.rules.decisions.current.vital_signs, graded.time)
    act = LowPressureAct.LOOK_FOR_CAUSE if measured else LowPressureAct.TAKE_TEMPERATURE
    return LowPressure(act, pressure, graded.vasopressors)


def _low(chart: Chart, moment: datetime) -> Record | None:
    """The newest systolic or mean pressure that is hypotension at every possible age."""
    limits = pressure_limits(chart, moment)
    for index, concept in enumerate((measurements.SYSTOLIC, measurements.MEAN)):
        record = measurements.lowest(chart, concept, moment)
        if record and all(_is_below(record, one[index]) for one in limits):
            return record
    return None


def _is_below(record: Record, limit: float | None) -> bool:
    """Whether a value is certainly below the limit; never at an age without a limit."""
    return limit is not None and record.at_least(limit) is False


class CrsReading(StrEnum):
    """A reading that would tell whether CRS is above its floor."""

    TEMPERATURE = "temperature"
    DRUGS = "fever-drugs"
    PRESSURE = "blood-pressure"
    OXYGEN = "oxygen"


def missing_readings(chart: Chart, graded: Crs) -> tuple[CrsReading, ...]:
    """The readings that CRS lacks where it may be above its floor (rule C6): the gate first, then its parts."""
    if graded.range.hi == graded.range.lo or not graded.basis:
        return ()
    if graded.gate == UNKNOWN:
        taken = measurements.newest(chart, measurements.TEMPERATURE, graded.time)
        return (CrsReading.DRUGS if taken else CrsReading.TEMPERATURE,)
    above = {part.name for part in graded.basis if part.range.hi > graded.range.lo}
    lacking = {
        CrsReading.PRESSURE: HYPOTENSION in above and not graded.vasopressors and not _pressure_known(chart, graded),
        CrsReading.OXYGEN: HYPOXIA in above and not _is_supported(chart, graded),
    }
    return tuple(reading for reading, lacks in lacking.items() if lacks)


def _pressure_known(chart: Chart, graded: Crs) -> bool:
    concepts = (measurements.SYSTOLIC, measurements.MEAN)
    return any(measurements.newest(chart, concept, graded.time) for concept in concepts)


def _is_supported(chart: Chart, graded: Crs) -> bool:
    """Whether a device is in use that may have another reason than hypoxia."""
    device = measurements.newest_device(chart, graded.time)
    return device is not None and device.value in chart.rules.decisions.crs.support_devices
