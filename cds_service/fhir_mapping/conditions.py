"""Conditions to findings at their onset, and to charted grades on their recorded date (rule D7)."""

from __future__ import annotations

from cds_service.clinical.facts import Finding, Seizure
from cds_service.fhir_mapping.collector import Collector
from cds_service.fhir_mapping.observations import SEIZURE
from cds_service.fhir_mapping.r4 import CodeableConcept, Condition
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.fhir_mapping.times import parse_when

ACTIVE = frozenset({"active", "recurrence", "relapse"})
DENIED = frozenset({"refuted", "entered-in-error"})


def read_condition(condition: Condition, terminology: Terminology, into: Collector) -> None:
    """Add what a diagnosis says about this course; one without an onset is history and says nothing."""
    concept = terminology.conditions.find(condition.code.coding)
    if concept is None:
        return
    if condition.modifierExtension:
        into.gap(concept, "unreadable", "modifierExtension")
    elif not _is_held(condition):
        into.gap(concept, "unusable-status")
    elif concept in terminology.concepts.charted:
        _add_charted(condition, concept, terminology, into)
    elif concept in terminology.concepts.conditions:
        _add_finding(condition, concept, terminology, into)


def _is_held(condition: Condition) -> bool:
    """Whether somebody still holds the diagnosis to be true and present."""
    clinical, verification = _codes(condition.clinicalStatus), _codes(condition.verificationStatus)
    return (not clinical or bool(clinical & ACTIVE)) and not verification & DENIED


def _add_charted(condition: Condition, concept: str, terminology: Terminology, into: Collector) -> None:
    when = into.when(concept, condition.recordedDate)
    if when is not None:
        meaning = terminology.concepts.charted[concept]
        into.findings[meaning.concept].append(Finding(when.moment, meaning.concept, meaning.value, _source(condition)))


def _add_finding(condition: Condition, concept: str, terminology: Terminology, into: Collector) -> None:
    period = condition.onsetPeriod
    onset = parse_when(condition.onsetDateTime or (period.start if period else None), into.zone)
    if onset is None:
        return
    if onset.moment > into.latest:
        into.gap(concept, "future")
        return
    meaning, source = terminology.concepts.conditions[concept], _source(condition)
    if meaning.concept == SEIZURE:
        into.seizures.append(Seizure(onset.moment, str(meaning.value), source=source))
    else:
        into.findings[meaning.concept].append(Finding(onset.moment, meaning.concept, meaning.value, source))


def _codes(concept: CodeableConcept | None) -> set[str]:
    return {coding.code for coding in concept.coding if coding.code} if concept else set()


def _source(condition: Condition) -> str:
    return f"Condition/{condition.id}" if condition.id else ""
