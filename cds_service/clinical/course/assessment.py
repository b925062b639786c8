"""ICE and CAPD: which records belong to one assessment, and the possible points (rules D1 and D3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.facts.track import Track
from cds_service.clinical.tables.decision_rules import IceRules
from cds_service.clinical.tables.guideline import IceTable
from cds_service.clinical.tables.names import Concept

ICE_TOTAL = Concept("ice-total")
CAPD_TOTAL = Concept("capd-total")
_Choice = Callable[[Iterable[int]], int]


class Assessment(NamedTuple):
    """One ICE or CAPD and its possible points, from its first record (`began`) to its newest (`time`).

    `items`: the points of the items tested, in the order of the score. `differing`: every record of a concept that was
    recorded with different values.
    """

    time: datetime
    low: int
    high: int
    source: str
    items: dict[Concept, int]
    began: datetime
    differing: tuple[Record, ...] = ()

    @property
    def points(self) -> str:
        """The score as a clinician would write it."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"

    @property
    def conflicting(self) -> tuple[Concept, ...]:
        """The concepts that were recorded with different values."""
        return tuple(dict.fromkeys(record.concept for record in self.differing))


class _Span(NamedTuple):
    """The lowest and highest possible points of an assessment."""

    low: int
    high: int


class _Points(NamedTuple):
    """The points counted for one concept of an assessment. `records`: all its records."""

    value: int
    source: str
    records: tuple[Record, ...]

    @property
    def differs(self) -> bool:
        return len({record.value for record in self.records}) > 1


def ice_assessments(records: Iterable[Record], table: IceTable, rules: IceRules) -> Track[Assessment]:
    """One assessment for each time at which any part of the ICE was recorded, using the worst of differing values."""
    return _assessments(records, rules.one_assessment, lambda group: _ice(group, table, min))


def best_ice(records: Iterable[Record], table: IceTable, rules: IceRules) -> Assessment | None:
    """The newest ICE at its best: the highest of differing values, and full points for untested items (rule A7)."""
    track = Track(records)
    if not track:
        return None
    best = _ice(track.within(rules.one_assessment, track.times[-1]), table, max)
    return best._replace(low=best.high)


def capd_assessments(records: Iterable[Record], rules: IceRules) -> Track[Assessment]:
    """One assessment for each time at which a CAPD total was recorded; the worst if there are several."""
    return _assessments(records, rules.one_assessment, _capd)


def apart(track: Track[Assessment], moment: datetime) -> Iterator[Assessment]:
    """The assessments at a moment that share no records, newest first, formed backwards from the newest record."""
    began: datetime | None = None
    for one in reversed(track.until(moment)):
        if began is None or one.time < began:
            began = one.began
            yield one


def _assessments(
    records: Iterable[Record], span: timedelta, assess: Callable[[Sequence[Record]], Assessment]
) -> Track[Assessment]:
    track = Track(records)
    times = dict.fromkeys(track.times)
    return Track(assess(track.within(span, time)) for time in times)


def _ice(group: Sequence[Record], table: IceTable, choose: _Choice) -> Assessment:
    concepts = dict.fromkeys(record.concept for record in group)
    points = {concept: _points(group, concept, choose) for concept in concepts}
    items = {item: points[item].value for item in table.items if item in points}
    total = points.get(ICE_TOTAL)
    low, high = _ice_points(total.value if total else None, items, table)
    newest = group[-1]
    source = total.source if total else newest.source
    return Assessment(newest.time, low, high, source, items, group[0].time, _differing(points.values()))


def _ice_points(total: int | None, items: dict[Concept, int], table: IceTable) -> _Span:
    tested = sum(items.values())
    untested = sum(points for item, points in table.items.items() if item not in items)
    if total is None:
        return _Span(tested, tested + untested)
    points = min(total, tested + untested)
    return _Span(points, points)


def _capd(group: Sequence[Record]) -> Assessment:
    points = _points(group, CAPD_TOTAL, max)
    return Assessment(
        group[-1].time, points.value, points.value, points.source, {}, group[0].time, _differing((points,))
    )


def _points(group: Sequence[Record], concept: Concept, choose: _Choice) -> _Points:
    """The points counted for a concept, with the source of the newest record that has that value."""
    records = tuple(record for record in group if record.concept == concept)
    source_of = {int(record.value): record.source for record in records}
    value = choose(source_of)
    return _Points(value, source_of[value], records)


def _differing(points: Iterable[_Points]) -> tuple[Record, ...]:
    return tuple(record for one in points if one.differs for record in one.records)
