"""Resources and actions for suggestions: create a draft, or change or delete one that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from fhir.resources.R4B import get_fhir_model_class

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.order_checks.alert import DELETE, Change
from cds_service.clinical.tables.advice import UP_TO, Regimen
from cds_service.clinical.tables.names import Concept, Drug
from cds_service.fhir_mapping.codes import ICANS, Code
from cds_service.fhir_mapping.terminology import Terminology, ValueSet

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
ROUTES = {"IV": ("47625008", "Intravenous route"), "intrathecal": ("72607000", "Intrathecal route")}
ASSESSMENTS = {"ice": "ice-total", "capd": "capd-total"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient and encounter of a proposal, and its time; `drafts`: the orders of the call by reference."""

    patient_id: str
    encounter_id: str | None
    as_of: datetime
    drafts: Mapping[str, Json] = field(default_factory=dict)


def resource_for(proposal: Proposal, text: str, subject: Subject, terminology: Terminology) -> Json:
    """The resource that a suggestion offers to create; `text` is the resource's own text."""
    if proposal.kind == ProposalKind.TASK:
        return _task(proposal, text, subject, terminology)
    if proposal.kind == ProposalKind.MEDICATION and proposal.regimen is not None:
        return _medication_request(proposal.regimen, text, subject, terminology)
    return _service_request(proposal, text, subject, terminology)


def validated(resource: Json) -> Json:
    """The resource, once fhir.resources has accepted it. Raises pydantic's ValidationError."""
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource


def _task(proposal: Proposal, text: str, subject: Subject, terminology: Terminology) -> Json:
    ours = ASSESSMENTS.get(proposal.action)
    code = _with_own_codes(proposal.action, {"text": text}, terminology, *((Code(ICANS, ours),) if ours else ()))
    due = {"restriction": {"period": {"end": time_of(proposal.due)}}} if proposal.due else {}
    return {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "priority": "urgent",
        "code": code,
        "description": text,
        "for": patient_of(subject),
        **_encounter(subject),
        "authoredOn": time_of(subject.as_of),
        **due,
    }


def _service_request(proposal: Proposal, text: str, subject: Subject, terminology: Terminology) -> Json:
    """Identified by text: no code for these investigations is verified, and a site's order catalogue has its own."""
    bounds = {"start": time_of(subject.as_of), "end": proposal.until.isoformat() if proposal.until else None}
    daily = {"repeat": {"boundsPeriod": bounds, "frequency": 1, "period": 1, "periodUnit": "d"}}
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": "urgent",
        "code": _with_own_codes(proposal.action, {"text": text}, terminology),
        "subject": patient_of(subject),
        **_encounter(subject),
        "authoredOn": time_of(subject.as_of),
        **({"occurrenceTiming": daily} if proposal.until else {}),
    }


def _medication_request(regimen: Regimen, text: str, subject: Subject, terminology: Terminology) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": _ordered(regimen.drug, terminology),
        "subject": patient_of(subject),
        **_encounter(subject),
        "authoredOn": time_of(subject.as_of),
        "dosageInstruction": [dosage_of(regimen, text)],
    }


def _ordered(drug: Drug, terminology: Terminology) -> Json:
    """A drug by the site's codes for ordering it, then by the preferred ones."""
    return _with_own_codes(drug, medication_of(drug, terminology.value_sets), terminology)


def _with_own_codes(ordered: str, concept: Json, terminology: Terminology, *others: Code) -> Json:
    """A CodeableConcept with the codes of the site's order catalogue first; text alone where there are none."""
    own = [{"system": one.system, "code": one.code} for one in (*terminology.orders.get(ordered, ()), *others)]
    codings = [*own, *concept.get("coding", ())]
    return {**({"coding": codings} if codings else {}), "text": concept["text"]}


def medication_of(drug: Drug, value_sets: Mapping[Concept, ValueSet]) -> Json:
    """A drug by its preferred codes, or by its name if it has none."""
    preferred = value_sets[drug].preferred if drug in value_sets else ()
    codings = [{"system": system, "code": code, "display": drug} for system, code in preferred]
    return {**({"coding": codings} if codings else {}), "text": drug}


def dosage_of(regimen: Regimen, text: str) -> Json:
    """A regimen of one dose at one interval as a dosage instruction (rule P2)."""
    route_code, route = ROUTES[regimen.route]
    dosage: Json = {
        "text": text,
        "route": {"coding": [{"system": SNOMED, "code": route_code, "display": route}]},
        "doseAndRate": [_dose(regimen)],
    }
    timing = _timing(regimen)
    if timing:
        dosage["timing"] = {"repeat": timing}
    if regimen.maximum_mg:
        dosage["maxDosePerAdministration"] = quantity(regimen.maximum_mg, "mg")
    return dosage


def _dose(regimen: Regimen) -> Json:
    amounts, unit = (regimen.mg, "mg") if regimen.mg else (regimen.mg_per_kg, "mg/kg")
    (amount,) = (quantity(one, unit) for one in amounts)
    return {"doseRange": {"high": amount}} if regimen.bound == UP_TO else {"doseQuantity": amount}


def _timing(regimen: Regimen) -> Json:
    """The frequency as FHIR expresses it: per period; `periodMax` if the source gives a range."""
    repeat: Json = {}
    if regimen.every_hours:
        repeat |= {"frequency": 1, "period": regimen.every_hours[0], "periodUnit": "h"}
    elif regimen.per_day:
        repeat |= {"frequency": regimen.per_day[0], "period": 1, "periodUnit": "d"}
    if regimen.doses:
        repeat["count"] = regimen.doses
    return repeat


def quantity(value: float, unit: str) -> Json:
    """A UCUM quantity."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def patient_of(subject: Subject) -> Json:
    """A reference to the patient."""
    return {"reference": f"Patient/{subject.patient_id}"}


def _encounter(subject: Subject) -> Json:
    return {"encounter": {"reference": f"Encounter/{subject.encounter_id}"}} if subject.encounter_id else {}


def time_of(moment: datetime | None) -> str | None:
    """A moment as a FHIR dateTime."""
    return moment.isoformat(timespec="seconds") if moment else None


class Description(NamedTuple):
    """An action in words: what the reader sees, and the text that the order then carries."""

    label: str
    text: str


# The narrative and the dispensing quantity no longer describe an order that has been changed.
OUTDATED = ("text", "dispenseRequest")
MEDICATION_ELEMENTS = ("medicationReference", "medicationCodeableConcept")


def action_for(offer: Proposal | Change, description: Description, subject: Subject, terminology: Terminology) -> Json:
    """The action of a suggestion (hooks:A1, A2)."""
    label, text = description
    if isinstance(offer, Proposal):
        return {"type": "create", "description": label, "resource": resource_for(offer, text, subject, terminology)}
    if offer.kind == DELETE:
        return {"type": "delete", "description": label, "resourceId": offer.order.reference}
    changed = _changed(subject.drafts[offer.order.reference], offer, text, terminology)
    return {"type": "update", "description": label, "resource": changed}


def _changed(sent: Json, change: Change, text: str, terminology: Terminology) -> Json:
    """The order as sent, except for what changes."""
    if change.status:
        return {**sent, "status": change.status}
    order = {name: value for name, value in sent.items() if name not in OUTDATED}
    if change.regimen is None:
        return {**order, "dosageInstruction": [_capped(one, change, text) for one in order["dosageInstruction"]]}
    if change.regimen.drug != change.order.drug:
        order = {name: value for name, value in order.items() if name not in MEDICATION_ELEMENTS}
        order["medicationCodeableConcept"] = _ordered(change.regimen.drug, terminology)
    return {**order, "dosageInstruction": [dosage_of(change.regimen, text)]}


def _capped(dosage: Json, change: Change, text: str) -> Json:
    """The instruction with the lower dose and without its original text, which would contradict it."""
    lower = {"doseAndRate": [{"doseQuantity": quantity(change.milligrams or 0, "mg")}], "text": text}
    return {name: value for name, value in dosage.items() if name != "patientInstruction"} | lower
