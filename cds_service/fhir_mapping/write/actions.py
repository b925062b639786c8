"""What a suggestion does, as an action of CDS Hooks: create a draft, or change or leave out one that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.order_checks.alert import DELETE, Change
from cds_service.fhir_mapping.terminology import ValueSet
from cds_service.fhir_mapping.write.resources import Subject, dosage_of, medication_of, quantity, resource_for

Json = dict[str, Any]


class Description(NamedTuple):
    """An action in words: what the reader sees, and what the order then says of itself."""

    label: str
    text: str


# What a narrative and a dispensing quantity say is no longer true of a changed order.
OUTDATED = ("text", "dispenseRequest")
MEDICATION = ("medicationReference", "medicationCodeableConcept")


def action_for(
    offer: Proposal | Change, description: Description, subject: Subject, value_sets: Mapping[str, ValueSet]
) -> Json:
    """The action of a suggestion (hooks:A1, A2)."""
    label, text = description
    if isinstance(offer, Proposal):
        return {"type": "create", "description": label, "resource": resource_for(offer, text, subject, value_sets)}
    if offer.kind == DELETE:
        return {"type": "delete", "description": label, "resourceId": offer.order.reference}
    changed = _changed(subject.drafts[offer.order.reference], offer, text, value_sets)
    return {"type": "update", "description": label, "resource": changed}


def _changed(sent: Json, change: Change, text: str, value_sets: Mapping[str, ValueSet]) -> Json:
    """The order as it was sent, but for what changes."""
    if change.status:
        return {**sent, "status": change.status}
    order = {name: value for name, value in sent.items() if name not in OUTDATED}
    if change.regimen is None:
        return {**order, "dosageInstruction": [_capped(one, change, text) for one in order["dosageInstruction"]]}
    if change.regimen.drug != change.order.drug:
        order = {name: value for name, value in order.items() if name not in MEDICATION}
        order["medicationCodeableConcept"] = medication_of(change.regimen.drug, value_sets)
    return {**order, "dosageInstruction": [dosage_of(change.regimen, text)]}


def _capped(dosage: Json, change: Change, text: str) -> Json:
    """The same instruction with the lower dose; its own words would contradict it."""
    lower = {"doseAndRate": [{"doseQuantity": quantity(change.milligrams or 0, "mg")}], "text": text}
    return {name: value for name, value in dosage.items() if name != "patientInstruction"} | lower
