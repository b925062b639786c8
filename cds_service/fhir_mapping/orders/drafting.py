"""An order as an EHR sends it among the drafts of a call: for cases, the sandbox and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds_service.clinical.facts.orders import Order, OrderedDose
from cds_service.fhir_mapping.terminology import ValueSet
from cds_service.fhir_mapping.write.resources import Subject, medication_of, patient_of, quantity, time_of

Json = dict[str, Any]


def draft_of(order: Order, subject: Subject, value_sets: Mapping[str, ValueSet]) -> Json:
    """An order as an EHR would send it among the drafts of a call."""
    return {
        "resourceType": "MedicationRequest",
        "id": order.reference.rsplit("/", 1)[-1],
        "status": order.status,
        "intent": "order",
        "medicationCodeableConcept": medication_of(order.drug, value_sets),
        "subject": patient_of(subject),
        "authoredOn": time_of(subject.as_of),
        **({"dosageInstruction": [_ordered(dose) for dose in order.doses]} if order.doses else {}),
    }


def _ordered(dose: OrderedDose) -> Json:
    unit = f"mg/{dose.per}" if dose.per else "mg"
    frequency = {"frequency": dose.a_day, "period": 1, "periodUnit": "d"} if dose.a_day else {}
    number = {"count": dose.number} if dose.number else {}
    return {
        "timing": {"repeat": {**frequency, **number}},
        "doseAndRate": [{"doseQuantity": quantity(dose.amount or 0, unit)}],
    }
