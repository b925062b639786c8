"""Vital signs and laboratory values that are current at a moment."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.grade import NONE, Range
from cds_service.clinical.tables.names import Concept

TEMPERATURE, SYSTOLIC, MEAN = Concept("body-temperature"), Concept("systolic-pressure"), Concept("mean-pressure")
SATURATION, FLOW, DEVICE = Concept("oxygen-saturation"), Concept("oxygen-flow"), Concept("oxygen-device")


def newest(chart: Chart, concept: Concept, moment: datetime) -> list[Record]:
    """The newest current records of a concept; more than one only if they have the same time."""
    current = chart.of(concept).within(chart.rules.decisions.current.vital_signs, moment)
    return [record for record in current if record.time == current[-1].time]


def lowest(chart: Chart, concept: Concept, moment: datetime) -> Record | None:
    """The newest current value; the lower if two have the same time."""
    return min(newest(chart, concept, moment), key=number, default=None)


def newest_device(chart: Chart, moment: datetime) -> Record | None:
    """The newest current oxygen device; if several have the same time, a ventilator, else the one for worse hypoxia."""
    table, ventilator = chart.rules.grading.crs.hypoxia, chart.rules.decisions.doubt.unless_device
    worth = {**dict.fromkeys(table.flow_devices, table.flow_unknown), **table.devices}

    def support(record: Record) -> tuple[Range, bool]:
        return worth.get(str(record.value), NONE), record.value == ventilator

    return max(newest(chart, DEVICE, moment), key=support, default=None)


def is_ventilated(chart: Chart, moment: datetime) -> bool:
    """Whether the newest oxygen device is a ventilator."""
    device = newest_device(chart, moment)
    return device is not None and device.value == chart.rules.decisions.doubt.unless_device


def number(record: Record) -> float:
    """The value of a measurement, disregarding its comparator."""
    return float(record.value)


PLATELETS, FIBRINOGEN, SODIUM = Concept("platelets"), Concept("fibrinogen"), Concept("sodium")


def newest_low(chart: Chart, concept: Concept, moment: datetime) -> Record | None:
    """The newest current value; the lower if two have the same time."""
    current = chart.rules.look_alikes.current
    known = [one for one in chart.facts.of(concept) if moment - current <= one.time <= moment]
    return min((one for one in known if one.time == known[-1].time), key=number, default=None)


def treated_first(chart: Chart, moment: datetime) -> tuple[Record, ...]:
    """The current values to treat before anything else (rule Q6): certainly below the limit; a bound may not be."""
    rows = (row for row in chart.rules.look_alikes.laboratory if row.first_below is not None)
    newest = ((row, newest_low(chart, row.concept, moment)) for row in rows)
    return tuple(one for row, one in newest if one and row.first_below and one.at_least(row.first_below) is False)
