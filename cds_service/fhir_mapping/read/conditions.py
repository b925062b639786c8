"""From Conditions to findings at onset, charted grades on their recorded date (rule D7), and diagnoses."""

from __future__ import annotations

from cds_service.clinical.course.concepts import SEIZURE_KIND
from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.clinical.facts.patient import Diagnosis, Record, Seizure
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.data_use import LeftOut
from cds_service.fhir_mapping.r4.datatypes import CodeableConcept
from cds_service.fhir_mapping.r4.structs import Condition
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.times import parse_when
from cds_service.fhir_mapping.terminology import Terminology

ACTIVE = frozenset({"active", "recurrence", "relapse"})
REFUTED, IN_ERROR = "refuted", "entered-in-error"
DENIED = frozenset({REFUTED, IN_ERROR})


def read_condition(condition: Condition, terminology: Terminology, into: Collector) -> None:
    """Add what a diagnosis says about this course; one without an onset is history and adds no finding."""
    diagnosis = terminology.diagnoses.find_below(condition.code.coding)
    if diagnosis is not None:
        _add_diagnosis(condition, diagnosis, into)
    concept = terminology.conditions.find(condition.code.coding)
    if concept is None:
        if diagnosis is None and into.unknowns.code("Condition", condition.code.coding):
            into.leave_out(LeftOut.NOT_UNDERSTOOD)
        return
    if condition.modifierExtension:
        into.gap(concept, GapKind.UNREADABLE, Part.MODIFIER)
        _doubt(condition, concept, terminology, into)
    elif not _is_held(condition):
        into.gap(concept, GapKind.UNUSABLE_STATUS)
    elif concept in terminology.concepts.charted:
        _add_charted(condition, concept, terminology, into)
    else:
        _add_finding(condition, concept, terminology, into)


def _is_held(condition: Condition) -> bool:
    """Whether the diagnosis is considered true and present."""
    clinical, verification = _codes(condition.clinicalStatus), _codes(condition.verificationStatus)
    return (not clinical or bool(clinical & ACTIVE)) and not verification & DENIED


def _add_charted(condition: Condition, concept: Concept, terminology: Terminology, into: Collector) -> None:
    when = into.when(concept, condition.recordedDate)
    if when is not None:
        meaning = terminology.concepts.charted[concept]
        into.add(Record(when.moment, meaning.concept, meaning.value, _source(condition)))


def _add_finding(condition: Condition, concept: Concept, terminology: Terminology, into: Collector) -> None:
    onset = parse_when(_onset(condition), into.zone)
    if onset is None:
        _doubt(condition, concept, terminology, into)
        return
    if onset.moment > into.latest:
        into.gap(concept, GapKind.FUTURE)
        return
    meaning, source = terminology.concepts.conditions[concept], _source(condition)
    if meaning.concept == SEIZURE_KIND:
        into.seizures.append(Seizure(onset.moment, str(meaning.value), source=source))
    else:
        into.add(Record(onset.moment, meaning.concept, meaning.value, source))


def _doubt(condition: Condition, concept: Concept, terminology: Terminology, into: Collector) -> None:
    """Record a finding whose onset was sent and cannot be read, or that a modifierExtension changes (rule D7)."""
    sent = _onset(condition) is not None or any(path.startswith("onset") for path in condition.unread)
    meaning = terminology.concepts.conditions.get(concept)
    if sent and meaning is not None:
        if not condition.modifierExtension:
            into.gap(concept, GapKind.UNREADABLE, Part.TIME)
        into.doubt(meaning.concept, _onset(condition))


def _onset(condition: Condition) -> str | None:
    period = condition.onsetPeriod
    return condition.onsetDateTime or (period.start if period else None)


def _add_diagnosis(condition: Condition, concept: Concept, into: Collector) -> None:
    """Add a diagnosis of interest, active or not: it may be history or a look-alike."""
    verification = _codes(condition.verificationStatus)
    if condition.modifierExtension or IN_ERROR in verification:
        return
    onset = parse_when(_onset(condition), into.zone)
    when = onset or parse_when(condition.recordedDate, into.zone)
    if when is None or when.moment <= into.latest:
        time = when.moment if when else None
        refuted = REFUTED in verification
        into.diagnoses.append(Diagnosis(concept, time, onset is not None, refuted, _source(condition)))


def _codes(concept: CodeableConcept | None) -> set[str]:
    return {coding.code for coding in concept.coding if coding.code} if concept else set()


def _source(condition: Condition) -> str:
    return f"Condition/{condition.id}" if condition.id else ""
