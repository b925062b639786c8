"""Signs that put an older ICE or CAPD score in doubt (rule D2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.assessment import Assessment
from cds_service.clinical.course.concepts import AVPU, NEURO_SYMPTOM, RASS
from cds_service.clinical.course.consciousness import EYE, VERBAL, Gcs
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.tables.decision_rules import CapdRules, DoubtRules
from cds_service.clinical.tables.guideline import IceTable


class SignKind(StrEnum):
    """The kind of sign that a patient may have got worse: a symptom, or a reading on a scale."""

    SYMPTOM = "symptom"
    RASS = "RASS"
    AVPU = "AVPU"
    GCS_VERBAL = "GCS verbal"
    ICE = "ICE"
    CAPD = "CAPD"


class Sign(NamedTuple):
    """A symptom by its code, or a reading as written on its scale."""

    kind: SignKind
    value: str

    @property
    def code(self) -> str:
        """The symptom, or the scale with the reading: "confusion", "RASS +1"."""
        return self.value if self.kind is SignKind.SYMPTOM else f"{self.kind} {self.value}"


class Doubt(NamedTuple):
    """A sign that the patient is worse than an earlier score indicates.

    `unless_ventilated`: it does not count while the newest oxygen device is a ventilator. `by_speech`: it does not
    count without a common language either (rule D4).
    """

    time: datetime
    sign: Sign
    source: str
    unless_ventilated: bool = False
    by_speech: bool = False


def symptom_doubts(facts: PatientFacts, rules: DoubtRules) -> Iterable[Doubt]:
    """The listed symptoms; they count even if observed under sedation."""
    for record in facts.of(NEURO_SYMPTOM):
        if record.value in rules.symptoms:
            yield Doubt(record.time, Sign(SignKind.SYMPTOM, str(record.value)), record.source)


def reading_doubts(facts: PatientFacts, glasgow: Iterable[Gcs], rules: DoubtRules) -> Iterable[Doubt]:
    """Readings on other scales that show agitation, new confusion or disturbed speech."""
    for record in facts.of(RASS):
        if record.at_least(rules.rass_from):
            yield Doubt(record.time, Sign(SignKind.RASS, f"{int(record.value):+d}"), record.source)
    for record in facts.of(AVPU):
        if record.value == rules.avpu:
            yield Doubt(record.time, Sign(SignKind.AVPU, str(record.value)), record.source, by_speech=True)
    for gcs in glasgow:
        verbal = gcs.items.get(VERBAL)
        if verbal is not None and verbal <= rules.gcs_verbal_up_to:
            sign, by_speech = Sign(SignKind.GCS_VERBAL, str(verbal)), not verbal_is_read(gcs, rules)
            yield Doubt(gcs.time, sign, gcs.source, unless_ventilated=True, by_speech=by_speech)


def verbal_is_read(gcs: Gcs, rules: DoubtRules) -> bool:
    """Whether the verbal response counts without a common language: if the eyes hardly open."""
    return EYE in gcs.items and gcs.items[EYE] <= rules.verbal_read_up_to_eye


def wrong_instrument_doubts(
    ice: Iterable[Assessment], capd: Iterable[Assessment], table: IceTable, rules: CapdRules
) -> tuple[list[Doubt], list[Doubt]]:
    """Bad ICE and CAPD scores, each a symptom for a patient who is graded by the other instrument (rule T7)."""
    bad_ice = (score for score in ice if score.high < table.maximum)
    bad_capd = (score for score in capd if score.low > rules.common.last)
    return _scored(SignKind.ICE, bad_ice), _scored(SignKind.CAPD, bad_capd)


def _scored(kind: SignKind, scores: Iterable[Assessment]) -> list[Doubt]:
    return [Doubt(score.time, Sign(kind, score.points), score.source) for score in scores]
