"""ICE and CAPD: which records make one assessment, and the points that it can mean (rules D1 and D3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.facts.track import Track
from cds_service.clinical.tables.decision_rules import IceRules
from cds_service.clinical.tables.guideline import IceTable

ICE_TOTAL = "ice-total"
CAPD_TOTAL = "capd-total"


class Assessment(NamedTuple):
    """One ICE or CAPD: the points that it can mean.

    `items` holds the tested items' points, in the order of the score; `conflicting` the concepts recorded twice with
    different values.
    """

    time: datetime
    low: int
    high: int
    source: str
    items: dict[str, int]
    conflicting: tuple[str, ...] = ()

    @property
    def points(self) -> str:
        """The score as a reader would write it."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


def ice_assessments(records: Sequence[Record], table: IceTable, rules: IceRules) -> Track[Assessment]:
    """One assessment for each time at which anything of the ICE was recorded."""
    return _assessments(records, rules.one_assessment, lambda group: _ice(group, table, rules.same_reading))


def capd_assessments(records: Sequence[Record], rules: IceRules) -> Track[Assessment]:
    """One assessment for each time at which a CAPD total was recorded."""
    return _assessments(records, rules.one_assessment, lambda group: _capd(group, rules.same_reading))


def _assessments(
    records: Sequence[Record], span: timedelta, assess: Callable[[Sequence[Record]], Assessment]
) -> Track[Assessment]:
    track = Track(records)
    times = dict.fromkeys(track.times)
    return Track(assess(track.within(span, time)) for time in times)


class _Reading(NamedTuple):
    """The points of one concept. `conflicting`: there were others of nearly the same time."""

    points: int
    source: str
    conflicting: bool


def _ice(group: Sequence[Record], table: IceTable, same_reading: timedelta) -> Assessment:
    concepts = dict.fromkeys(record.concept for record in group)
    readings = {concept: _reading(group, concept, same_reading, min) for concept in concepts}
    items = {item: readings[item].points for item in table.items if item in readings}
    low, high = _ice_points(readings.get(ICE_TOTAL), items, table)
    newest = group[-1]
    source = readings[ICE_TOTAL].source if ICE_TOTAL in readings else newest.source
    return Assessment(newest.time, low, high, source, items, _conflicting(readings))


def _ice_points(total: _Reading | None, items: dict[str, int], table: IceTable) -> tuple[int, int]:
    tested = sum(items.values())
    untested = sum(points for item, points in table.items.items() if item not in items)
    if total is None:
        return tested, tested + untested
    points = min(total.points, tested + untested)
    return points, points


def _capd(group: Sequence[Record], same_reading: timedelta) -> Assessment:
    reading = _reading(group, CAPD_TOTAL, same_reading, max)
    conflicting = _conflicting({CAPD_TOTAL: reading})
    return Assessment(group[-1].time, reading.points, reading.points, reading.source, {}, conflicting)


def _reading(group: Sequence[Record], concept: str, span: timedelta, worse: Callable[[Iterable[int]], int]) -> _Reading:
    """The newest value of a concept, or a worse one of nearly the same time."""
    records = [record for record in group if record.concept == concept]
    newest = records[-1]
    together = {int(record.value): record.source for record in records if newest.time - record.time <= span}
    value = worse(together)
    return _Reading(value, together[value], len(together) > 1)


def _conflicting(readings: dict[str, _Reading]) -> tuple[str, ...]:
    return tuple(concept for concept, reading in readings.items() if reading.conflicting)
