"""Readings of consciousness on any scale (rule D4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.concepts import AVPU, CAPD, CONSCIOUSNESS_LEVEL, ICE, RASS
from cds_service.clinical.facts.patient import PatientFacts, Record
from cds_service.clinical.tables.decision_rules import GcsRules
from cds_service.clinical.tables.names import Concept

UNAROUSABLE = "unarousable"
NOT_PERFORMED = {ICE: Concept("ice-not-performed"), CAPD: Concept("capd-not-performed")}
EYE, VERBAL, MOTOR, GCS_TOTAL = Concept("gcs-eye"), Concept("gcs-verbal"), Concept("gcs-motor"), Concept("gcs-total")
_LETTERS = {EYE: "E", VERBAL: "V", MOTOR: "M"}


class Scale(StrEnum):
    """The scale of a reading: ASTCT's own wording, or a scale that has not been validated for ICANS."""

    ASTCT = "ASTCT"
    AVPU = "AVPU"
    RASS = "RASS"
    GCS = "GCS"


class Gcs(NamedTuple):
    """The Glasgow coma scale as recorded at one time; the worse of two different values."""

    time: datetime
    items: dict[Concept, int]
    total: int | None
    source: str

    @property
    def text(self) -> str:
        """The items as a clinician would write them ("E4 V5 M6"), otherwise the total."""
        return " ".join(f"{_LETTERS[item]}{points}" for item, points in self.items.items()) or str(self.total)


class _Points(NamedTuple):
    """The points of one item and the resource they come from; sorts the fewest points first."""

    points: int
    source: str


class Reading(NamedTuple):
    """One reading of arousal. `level`: an ASTCT or AVPU word, RASS points, or the Glasgow values that are known."""

    time: datetime
    scale: Scale
    level: str | int | Gcs
    source: str

    @property
    def value(self) -> str:
        """The level as a clinician would write it."""
        match self.level:
            case Gcs():
                return self.level.text
            case int():
                return f"{self.level:+d}" if self.level else "0"
        return self.level


def readings(facts: PatientFacts, glasgow: Iterable[Gcs], *, other_scales: bool) -> list[Reading]:
    """Every reading of consciousness on record, in no particular order; `glasgow`: those on the Glasgow scale.

    With `other_scales` False, scales that have not been validated for ICANS are left out.
    """
    found = [_word(Scale.ASTCT, record) for record in facts.of(CONSCIOUSNESS_LEVEL)]
    not_performed = (record for concept in NOT_PERFORMED.values() for record in facts.of(concept))
    found += [_word(Scale.ASTCT, record) for record in not_performed if record.value == UNAROUSABLE]
    return found + list(_other_scales(facts, glasgow)) if other_scales else found


def gcs_records(facts: PatientFacts, rules: GcsRules) -> list[Gcs]:
    """The Glasgow items and totals on record, grouped by time."""
    by_time: dict[datetime, dict[Concept, _Points]] = {}
    for concept in (*rules.items, GCS_TOTAL):
        for record in facts.of(concept):
            at_time = by_time.setdefault(record.time, {})
            recorded = _Points(int(record.value), record.source)
            at_time[concept] = min(at_time.get(concept, recorded), recorded)
    return [_gcs(time, values, rules) for time, values in by_time.items()]


def _gcs(time: datetime, values: Mapping[Concept, _Points], rules: GcsRules) -> Gcs:
    items = {concept: recorded.points for concept, recorded in values.items() if concept in rules.items}
    written = values[GCS_TOTAL].points if GCS_TOTAL in values else None
    total = sum(items.values()) if len(items) == len(rules.items) else written
    return Gcs(time, items, total, next(iter(values.values())).source)


def _other_scales(facts: PatientFacts, glasgow: Iterable[Gcs]) -> Iterable[Reading]:
    """The readings on other scales; a Glasgow reading counts only if the eye response or the total is known."""
    yield from (_word(Scale.AVPU, record) for record in facts.of(AVPU))
    for record in facts.of(RASS):
        yield Reading(record.time, Scale.RASS, int(record.value), record.source)
    for gcs in glasgow:
        if EYE in gcs.items or gcs.total is not None:
            yield Reading(gcs.time, Scale.GCS, gcs, gcs.source)


def _word(scale: Scale, record: Record) -> Reading:
    return Reading(record.time, scale, str(record.value), record.source)
