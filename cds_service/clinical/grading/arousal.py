"""The grades that a reading of consciousness allows, in ASTCT's words or on another scale (rules D4, T5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.consciousness import EYE, MOTOR, VERBAL, Gcs, Reading, Scale
from cds_service.clinical.course.doubt import verbal_is_read
from cds_service.clinical.tables.decision_rules import GcsRow, GcsRules, RangeBand
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.names import Concept


def current_readings(chart: Chart, moment: datetime) -> Sequence[Reading]:
    """The newest current reading and those shortly before it; empty if none is current."""
    newest = chart.readings.newest(moment)
    if newest is None or moment - newest.time > chart.assessment_window:
        return ()
    return chart.readings.within(chart.rules.decisions.consciousness.one_reading, newest.time)


def arousal_range(chart: Chart, reading: Reading, *, without_speech: bool = False) -> Range:
    """The grades that a reading allows; a normal reading on the day of a dose may be from before the dose.

    `without_speech`: there is no common language, so a verbal response says nothing.
    """
    graded = _without_speech(chart, reading) if without_speech else _range(chart, reading)
    if graded.lo or not chart.is_dose_day(reading.time):
        return graded
    return graded.doubted(chart.rules.decisions.dose_day.consciousness)


def _without_speech(chart: Chart, reading: Reading) -> Range:
    """Rule D4: new confusion may be anything, and the verbal response is missing unless the eyes hardly open."""
    decisions = chart.rules.decisions
    if reading.scale is Scale.AVPU and reading.level in decisions.consciousness.avpu_without_speech:
        return decisions.consciousness.avpu_without_speech[str(reading.level)]
    if not isinstance(reading.level, Gcs) or verbal_is_read(reading.level, decisions.doubt):
        return _range(chart, reading)
    items = {item: points for item, points in reading.level.items.items() if item != VERBAL}
    return _range(chart, reading._replace(level=reading.level._replace(items=items)))


def _range(chart: Chart, reading: Reading) -> Range:
    published, rules = chart.rules.grading.consciousness, chart.rules.decisions.consciousness
    match reading.level:
        case Gcs():
            return _glasgow(reading.level, rules.gcs)
        case int():
            return _in_band(reading.level, rules.rass.bands)
    return (published if reading.scale is Scale.ASTCT else rules.avpu)[reading.level]


def _glasgow(gcs: Gcs, rules: GcsRules) -> Range:
    """By the items if the eye response is known, else by the total alone."""
    if EYE in gcs.items or gcs.total is None:
        return next(row.range for row in rules.rows if _fits(row, gcs.items))
    return _in_band(gcs.total, rules.totals)


def _fits(row: GcsRow, items: dict[Concept, int]) -> bool:
    return (
        _within(row.eye, items.get(EYE))
        and _within(row.verbal, items.get(VERBAL))
        and _within(row.motor, items.get(MOTOR))
    )


def _within(limits: tuple[int, int] | None, points: int | None) -> bool:
    """Whether the points are within the limits; missing points only if there are no limits."""
    return limits is None or (points is not None and limits[0] <= points <= limits[1])


def _in_band(points: int, bands: Sequence[RangeBand]) -> Range:
    return next(band.range for band in bands if band.first <= points <= band.last)
