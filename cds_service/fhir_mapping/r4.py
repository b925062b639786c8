"""The parts of FHIR R4 resources that are read, as typed structs: fast, and strict about types.

Elements that are not named here are skipped. A wrong type (a decimal as text, an epoch as time) makes the
one resource unreadable, never its neighbours.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Struct(msgspec.Struct, gc=False):
    """What is read for one request has no cycles: the garbage collector need not look at it."""


class Coding(Struct):
    system: str | None = None
    code: str | None = None


class CodeableConcept(Struct):
    coding: list[Coding] = []
    text: str | None = None


class Quantity(Struct):
    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(Struct):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Reference(Struct):
    reference: str | None = None


class Period(Struct):
    start: str | None = None
    end: str | None = None


class Range(Struct):
    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None


class Valued(Struct):
    """Whatever can carry a value: an Observation, its component, an answer of a questionnaire."""

    valueQuantity: Quantity | None = None
    valueInteger: float | None = None
    valueDecimal: float | None = None
    valueString: str | None = None
    valueBoolean: bool | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueCoding: Coding | None = None
    valueDateTime: str | None = None
    valueDate: str | None = None
    dataAbsentReason: CodeableConcept | None = None


class Component(Valued):
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)


class Observation(Valued, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectiveInstant: str | None = None
    effectivePeriod: Period | None = None
    component: list[Component] = []
    hasMember: list[Reference] = []
    referenceRange: list[Range] = []
    modifierExtension: list[Any] = []


class Ingredient(Struct):
    itemCodeableConcept: CodeableConcept | None = None
    strength: Ratio | None = None


class Medication(Struct, tag_field="resourceType"):
    id: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    ingredient: list[Ingredient] = []


class OtherContained(Struct):
    """A contained resource; only a Medication is looked into."""

    resourceType: str
    id: str | None = None
    code: Any = None
    ingredient: Any = None


class Dosage(Struct):
    dose: Quantity | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None
    route: CodeableConcept | None = None


class MedicationAdministration(Struct, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dosage: Dosage | None = None
    contained: list[OtherContained] = []
    modifierExtension: list[Any] = []


class DoseAndRate(Struct):
    doseQuantity: Quantity | None = None
    doseRange: Range | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None


class Repeat(Struct):
    boundsDuration: Quantity | None = None
    boundsPeriod: Period | None = None
    duration: float | None = None
    durationMax: float | None = None
    durationUnit: str | None = None
    count: float | None = None
    frequency: float | None = None
    frequencyMax: float | None = None
    period: float | None = None
    periodMax: float | None = None
    periodUnit: str | None = None
    timeOfDay: list[str] = []


class Timing(Struct):
    event: list[str] = []
    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class DosageInstruction(Struct):
    sequence: float | None = None
    timing: Timing | None = None
    route: CodeableConcept | None = None
    doseAndRate: list[DoseAndRate] = []
    maxDosePerAdministration: Quantity | None = None


class MedicationRequest(Struct, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    subject: Reference | None = None
    dosageInstruction: list[DosageInstruction] = []
    priorPrescription: Reference | None = None
    doNotPerform: bool | None = None
    contained: list[OtherContained] = []
    modifierExtension: list[Any] = []


class ServiceRequest(Struct, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    doNotPerform: bool | None = None
    modifierExtension: list[Any] = []


class Procedure(Struct, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    modifierExtension: list[Any] = []


class Condition(Struct, tag_field="resourceType"):
    id: str | None = None
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    recordedDate: str | None = None
    modifierExtension: list[Any] = []


class Encounter(Struct, tag_field="resourceType", rename={"class_": "class"}):
    id: str | None = None
    status: str | None = None
    class_: Coding | None = None
    subject: Reference | None = None
    period: Period | None = None
    modifierExtension: list[Any] = []


class Item(Struct):
    linkId: str | None = None
    answer: list[Answer] = []
    item: list[Item] = []


class Answer(Valued):
    item: list[Item] = []


class QuestionnaireResponse(Struct, tag_field="resourceType"):
    id: str | None = None
    questionnaire: str | None = None
    status: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: list[Item] = []
    modifierExtension: list[Any] = []


class Patient(Struct, tag_field="resourceType"):
    id: str | None = None
    birthDate: str | None = None
    gender: str | None = None
    deceasedBoolean: bool | None = None
    deceasedDateTime: str | None = None
    modifierExtension: list[Any] = []
    # Read leniently: no patient shall be unreadable for the sake of a language.
    communication: Any = None


class Issue(Struct):
    severity: str | None = None
    code: str | None = None


class OperationOutcome(Struct, tag_field="resourceType"):
    issue: list[Issue] = []


Resource = (
    Observation
    | MedicationAdministration
    | Medication
    | MedicationRequest
    | ServiceRequest
    | Procedure
    | Condition
    | Encounter
    | QuestionnaireResponse
    | Patient
    | OperationOutcome
)
KNOWN_TYPES = frozenset(kind.__name__ for kind in Resource.__args__)


class Search(Struct):
    mode: str | None = None


class Link(Struct):
    relation: str | None = None
    url: str | None = None
