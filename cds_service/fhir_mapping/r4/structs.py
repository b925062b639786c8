"""The resources of FHIR R4 that the service reads, as typed structs of the elements used."""

from __future__ import annotations

from typing import Any

import msgspec

from cds_service.fhir_mapping.r4.datatypes import (
    CodeableConcept,
    Coding,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    Struct,
    Timing,
    Valued,
)

# An element of another release: no value fits it, so the resource is read the careful way (releases.py).
OtherRelease = msgspec.UnsetType


class Sent(Struct):
    """A resource. `unread`: the paths of its elements that were sent and cannot be read."""

    unread: tuple[str, ...] = msgspec.field(default=(), name="#unread")


class Component(Valued):
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)


class Observation(Valued, tag_field="resourceType"):
    # As in Sent.
    unread: tuple[str, ...] = msgspec.field(default=(), name="#unread")
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


class Medication(Sent, tag_field="resourceType"):
    id: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    ingredient: list[Ingredient] = []


class OtherContained(Struct):
    """A contained resource; only a Medication is read further."""

    resourceType: str = ""
    id: str | None = None
    code: Any = None
    ingredient: Any = None


class Dosage(Struct):
    dose: Quantity | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None
    route: CodeableConcept | None = None

    quantity: OtherRelease = msgspec.UNSET


class MedicationAdministration(Sent, tag_field="resourceType"):
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
    patient: OtherRelease = msgspec.UNSET
    effectiveTimeDateTime: OtherRelease = msgspec.UNSET
    effectiveTimePeriod: OtherRelease = msgspec.UNSET
    occurenceDateTime: OtherRelease = msgspec.UNSET
    occurencePeriod: OtherRelease = msgspec.UNSET
    medication: OtherRelease = msgspec.UNSET
    notGiven: OtherRelease = msgspec.UNSET
    wasNotGiven: OtherRelease = msgspec.UNSET


class DoseAndRate(Struct):
    doseQuantity: Quantity | None = None
    doseRange: Range | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None


class DosageInstruction(Struct):
    sequence: float | None = None
    timing: Timing | None = None
    route: CodeableConcept | None = None
    doseAndRate: list[DoseAndRate] = []
    maxDosePerAdministration: Quantity | None = None


class MedicationRequest(Sent, tag_field="resourceType"):
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


class ServiceRequest(Sent, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    doNotPerform: bool | None = None
    modifierExtension: list[Any] = []


class Procedure(Sent, tag_field="resourceType"):
    id: str | None = None
    status: str | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    modifierExtension: list[Any] = []
    patient: OtherRelease = msgspec.UNSET
    occurrenceDateTime: OtherRelease = msgspec.UNSET
    occurrencePeriod: OtherRelease = msgspec.UNSET
    notDone: OtherRelease = msgspec.UNSET
    notPerformed: OtherRelease = msgspec.UNSET


class Condition(Sent, tag_field="resourceType"):
    id: str | None = None
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept = msgspec.field(default_factory=CodeableConcept)
    subject: Reference | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    recordedDate: str | None = None
    modifierExtension: list[Any] = []
    patient: OtherRelease = msgspec.UNSET
    dateRecorded: OtherRelease = msgspec.UNSET
    assertedDate: OtherRelease = msgspec.UNSET


class Encounter(Sent, tag_field="resourceType", rename={"class_": "class"}):
    id: str | None = None
    status: str | None = None
    class_: Coding | None = None
    subject: Reference | None = None
    period: Period | None = None
    modifierExtension: list[Any] = []
    patient: OtherRelease = msgspec.UNSET


class Item(Struct):
    linkId: str | None = None
    answer: list[Answer] = []
    item: list[Item] = []


class Answer(Valued):
    item: list[Item] = []


class QuestionnaireResponse(Sent, tag_field="resourceType"):
    id: str | None = None
    questionnaire: str | None = None
    status: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: list[Item] = []
    modifierExtension: list[Any] = []


class Patient(Sent, tag_field="resourceType"):
    id: str | None = None
    birthDate: str | None = None
    gender: str | None = None
    deceasedBoolean: bool | None = None
    deceasedDateTime: str | None = None
    modifierExtension: list[Any] = []
    # Read leniently, so that a bad language does not make the patient unreadable.
    communication: Any = None


class Issue(Struct):
    severity: str | None = None
    code: str | None = None


class OperationOutcome(Sent, tag_field="resourceType"):
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


class Response(Struct):
    status: str | None = None
    outcome: OperationOutcome | None = None


class Link(Struct):
    relation: str | None = None
    url: str | None = None
