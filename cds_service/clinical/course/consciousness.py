"""Level of consciousness, whatever scale it was read on (rule D4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.facts.track import Track
from cds_service.clinical.tables.grade import Range, worst
from cds_service.clinical.tables.grading_rules import ConsciousnessRules, GcsRow, GcsRules
from cds_service.clinical.tables.guideline import Rules

ASTCT = "ASTCT"
UNAROUSABLE = "unarousable"
NOT_PERFORMED = ("ice-not-performed", "capd-not-performed")
GCS_TOTAL = "gcs-total"


class Reading(NamedTuple):
    """One reading of arousal. `gcs_sum` is the Glasgow sum where it is known."""

    time: datetime
    range: Range
    scale: str
    value: str
    source: str
    gcs_sum: int | None = None


class Gcs(NamedTuple):
    """What was recorded of the Glasgow coma scale at one time; the worse of two values."""

    time: datetime
    items: dict[str, int]
    total: int | None
    source: str


def readings(facts: PatientFacts, rules: Rules, *, other_scales: bool) -> list[Reading]:
    """Every reading of consciousness on file, in no particular order.

    `other_scales` False leaves out those scales that no paper validates for ICANS.
    """
    table, own = rules.grading.consciousness, rules.decisions.consciousness
    found = [
        Reading(record.time, table[str(record.value)], ASTCT, str(record.value), record.source)
        for record in facts.of("consciousness")
    ]
    found += [
        Reading(record.time, table[UNAROUSABLE], ASTCT, UNAROUSABLE, record.source)
        for concept in NOT_PERFORMED
        for record in facts.of(concept)
        if record.value == UNAROUSABLE
    ]
    return found + list(_other_scales(facts, own)) if other_scales else found


def decided(
    track: Track[Reading], moment: datetime, current: timedelta, rules: ConsciousnessRules
) -> Sequence[Reading]:
    """The newest current reading and those shortly before it; empty where none is current."""
    newest = track.newest(moment)
    if newest is None or moment - newest.time > current:
        return ()
    return track.within(rules.one_reading, newest.time)


def range_of(together: Sequence[Reading]) -> Range:
    """What readings taken together are worth: the highest floor and the highest ceiling."""
    return worst(reading.range for reading in together)


def deciding(together: Sequence[Reading]) -> Reading:
    """The newest of the readings with the highest floor."""
    return max(together, key=lambda reading: (reading.range.lo, reading.time))


def gcs_records(facts: PatientFacts, rules: GcsRules) -> list[Gcs]:
    """The Glasgow items and totals on file, put together by their time."""
    by_time: dict[datetime, dict[str, tuple[int, str]]] = {}
    for concept in (*rules.items, GCS_TOTAL):
        for record in facts.of(concept):
            at_time = by_time.setdefault(record.time, {})
            value = int(record.value)
            at_time[concept] = min(at_time.get(concept, (value, record.source)), (value, record.source))
    return [_gcs(time, values, rules) for time, values in by_time.items()]


def _gcs(time: datetime, values: Mapping[str, tuple[int, str]], rules: GcsRules) -> Gcs:
    items = {concept: value for concept, (value, _) in values.items() if concept in rules.items}
    recorded = values[GCS_TOTAL][0] if GCS_TOTAL in values else None
    total = sum(items.values()) if len(items) == len(rules.items) else recorded
    return Gcs(time, items, total, next(iter(values.values()))[1])


def _other_scales(facts: PatientFacts, rules: ConsciousnessRules) -> Iterable[Reading]:
    for record in facts.of("avpu"):
        yield Reading(record.time, rules.avpu[str(record.value)], "AVPU", str(record.value), record.source)
    for record in facts.of("rass"):
        score = int(record.value)
        band = next(band for band in rules.rass.bands if band.first <= score <= band.last)
        yield Reading(record.time, band.range, "RASS", f"{score:+d}" if score else "0", record.source)
    for gcs in gcs_records(facts, rules.gcs):
        graded = _gcs_range(gcs, rules.gcs)
        if graded is not None:
            yield Reading(gcs.time, graded, "GCS", _gcs_text(gcs, rules.gcs), gcs.source, gcs.total)


def _gcs_range(gcs: Gcs, rules: GcsRules) -> Range | None:
    """By the items where the eye response is known, else by the total alone."""
    if "gcs-eye" in gcs.items:
        return next(row.range for row in rules.rows if _fits(row, gcs.items))
    if gcs.total is None:
        return None
    return next(band.range for band in rules.totals if band.first <= gcs.total <= band.last)


def _fits(row: GcsRow, items: Mapping[str, int]) -> bool:
    wanted = {"gcs-eye": row.eye, "gcs-verbal": row.verbal, "gcs-motor": row.motor}
    return all(limits is None or limits[0] <= items.get(item, 0) <= limits[1] for item, limits in wanted.items())


def _gcs_text(gcs: Gcs, rules: GcsRules) -> str:
    letters = [f"{item[4].upper()}{gcs.items[item]}" for item in rules.items if item in gcs.items]
    return " ".join(letters) or str(gcs.total)
