"""FHIR resources and hook requests for one patient at one moment. The defaults trigger no card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cds_service.clinical.facts.occasion import Occasion, OccasionKind
from cds_service.fhir_mapping.codes import ICANS

Json = dict[str, Any]

NOW = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
CHART_OPENED = Occasion(OccasionKind.PATIENT_VIEW, "icans-patient-view")
PATIENT = "p-1"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
RXNORM, ATC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc"
AXI_CEL = "1987398"
_numbers = count(1)


def hours_ago(hours: float, now: datetime = NOW) -> str:
    """The FHIR instant this many hours before the present of the tests, on a ward at +01:00."""
    local = (now - timedelta(hours=hours)).replace(tzinfo=None) + timedelta(hours=1)
    return f"{local.isoformat(timespec='seconds')}+01:00"


def concept(code: str, system: str = ICANS, **more: Any) -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code}], **more}


def quantity(value: float, code: str, **more: Any) -> Json:
    """A UCUM quantity."""
    return {"value": value, "unit": code, "system": UCUM, "code": code, **more}


def observation(code: str, hours: float = 1, system: str = ICANS, now: datetime = NOW, **more: Any) -> Json:
    """A final Observation of the patient."""
    return {
        "resourceType": "Observation",
        "id": f"o-{next(_numbers)}",
        "status": "final",
        "code": concept(code, system),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": hours_ago(hours, now),
    } | more


def ice(points: int, hours: float = 1, **more: Any) -> Json:
    """An ICE total."""
    return observation("ice-total", hours, valueInteger=points, **more)


def coded(code: str, answer: str, hours: float = 1, **more: Any) -> Json:
    """An Observation with a code and a coded answer of our own CodeSystem."""
    return observation(code, hours, valueCodeableConcept=concept(answer), **more)


def alert(hours: float = 1, **more: Any) -> Json:
    """An Observation that the patient is alert."""
    return coded("consciousness", "alert", hours, **more)


def given(code: str, hours: float = 1, system: str = RXNORM, now: datetime = NOW, **more: Any) -> Json:
    """A completed MedicationAdministration of a coded drug."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"ma-{next(_numbers)}",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": hours_ago(hours, now),
        "medicationCodeableConcept": concept(code, system),
    } | more


def axi_cel(days: float = 5, **more: Any) -> Json:
    """A dose of axi-cel, which starts the course."""
    return given(AXI_CEL, days * 24, **more)


def procedure(code: str, system: str, hours: float = 120, **more: Any) -> Json:
    """A completed Procedure."""
    return {
        "resourceType": "Procedure",
        "id": f"pr-{next(_numbers)}",
        "status": "completed",
        "code": concept(code, system),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "performedDateTime": hours_ago(hours),
    } | more


def condition(code: str, system: str = "http://hl7.org/fhir/sid/icd-10-cm", **more: Any) -> Json:
    """An active, confirmed Condition."""
    return {
        "resourceType": "Condition",
        "id": f"c-{next(_numbers)}",
        "clinicalStatus": concept("active", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
        "verificationStatus": concept("confirmed", "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
        "code": concept(code, system),
        "subject": {"reference": f"Patient/{PATIENT}"},
    } | more


def patient(birth: str | None = "1966-01-01", **more: Any) -> Json:
    """The patient."""
    return {"resourceType": "Patient", "id": PATIENT} | ({"birthDate": birth} if birth else {}) | more


def bundle(*resources: Json, **more: Any) -> Json:
    """A searchset."""
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries} | more


def outcome(severity: str = "error", code: str = "processing") -> Json:
    """An OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}


def draft(code: str, *dosages: Json, system: str = RXNORM, **more: Any) -> Json:
    """A draft MedicationRequest for a coded drug, with dosage instructions."""
    return {
        "resourceType": "MedicationRequest",
        "id": f"draft-{next(_numbers)}",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": concept(code, system),
        "subject": {"reference": f"Patient/{PATIENT}"},
        **({"dosageInstruction": list(dosages)} if dosages else {}),
    } | more


def dosage(value: float, unit: str = "mg", hours: float | None = None, **more: Any) -> Json:
    """A dosage instruction: an amount every so many hours, or once."""
    timing = {"timing": {"repeat": {"frequency": 1, "period": hours, "periodUnit": "h"}}} if hours else {}
    return {"doseAndRate": [{"doseQuantity": quantity(value, unit)}], **timing} | more


def prefetch(**keys: Any) -> Json:
    """Prefetch with an answer for every key: the patient, and only the data given."""
    searches = ("encounter", "scores", "neuro", "vitals", "labs", "therapy", "procedures", "drugs", "questionnaires")
    empty = (*searches, "conditions", "orders")
    return {"patient": patient()} | {key: bundle() for key in empty} | keys


def hook_request(fetched: Json | None = None, **more: Any) -> Json:
    """A patient-view call."""
    return (
        {
            "hook": "patient-view",
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": {"userId": "Practitioner/dr-1", "patientId": PATIENT},
        }
        | ({} if fetched is None else {"prefetch": fetched})
        | more
    )


def order_call(*drafts: Json, hook: str = "order-sign", selected: list[str] | None = None, **keys: Any) -> Json:
    """An order-sign call about drafts, or an order-select call about the selected ones."""
    context = {"userId": "Practitioner/dr-1", "patientId": PATIENT, "draftOrders": bundle(*drafts, type="collection")}
    selections = {"selections": selected} if selected is not None else {}
    return hook_request(prefetch(**keys)) | {"hook": hook, "context": context | selections}


def stay_call(hook: str, **keys: Any) -> Json:
    """An encounter-start or encounter-discharge call."""
    context = {"userId": "Practitioner/dr-1", "patientId": PATIENT, "encounterId": "e-1"}
    return hook_request(prefetch(**keys)) | {"hook": hook, "context": context}
