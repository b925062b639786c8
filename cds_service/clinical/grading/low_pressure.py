"""Hypotension that no fever explains: it is not CRS, and has a cause of its own (rule C7)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course import vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import OPEN, Crs, pressure_limits


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
    measured = chart.of(vitals.TEMPERATURE).within(chart.rules.decisions.current.vital_signs, graded.time)
    act = LowPressureAct.LOOK_FOR_CAUSE if measured else LowPressureAct.TAKE_TEMPERATURE
    return LowPressure(act, pressure, graded.vasopressors)


def _low(chart: Chart, moment: datetime) -> Record | None:
    """The newest systolic or mean pressure that is hypotension at every age that is possible."""
    limits = pressure_limits(chart, moment)
    for index, concept in enumerate((vitals.SYSTOLIC, vitals.MEAN)):
        record = vitals.lowest(chart, concept, moment)
        if record and all(_is_below(record, one[index]) for one in limits):
            return record
    return None


def _is_below(record: Record, limit: float | None) -> bool:
    """Certainly below; at an age without a limit nothing is."""
    return limit is not None and record.at_least(limit) is False
