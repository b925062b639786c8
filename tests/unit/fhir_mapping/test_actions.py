"""What a suggestion does with a draft: the order as it was sent, except for the change."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.order_checks.alert import DELETE, UPDATE, Change
from cds_service.clinical.tables.advice import Regimen
from cds_service.fhir_mapping.write.resources import Description, Subject, action_for, validated
from cds_service.knowledge import Knowledge
from tests.builders import NOW, PATIENT, dosage, draft

ORDER = Order("MedicationRequest/d-1", "dexamethasone", "draft")
SENT = draft(
    "3264",
    dosage(4, hours=24, text="4 mg daily", patientInstruction="one a day"),
    id="d-1",
    note=[{"text": "as discussed"}],
    text={"status": "generated", "div": "<div>dexamethasone 4 mg</div>"},
    dispenseRequest={"quantity": {"value": 10}},
)


@pytest.fixture
def act(knowledge: Knowledge):
    def action(offer: Change | Proposal, sent: dict[str, Any] = SENT) -> dict[str, Any]:
        subject = Subject(PATIENT, None, NOW, {"MedicationRequest/d-1": sent})
        return action_for(offer, Description("label", "text"), subject, knowledge.terminology)

    return action


@pytest.mark.requirement("hooks:A1")
@pytest.mark.requirement("hooks:A2")
def test_to_leave_out_is_a_delete_by_reference_alone(act) -> None:
    expected = {"type": "delete", "description": "label", "resourceId": "MedicationRequest/d-1"}

    assert expected == act(Change(DELETE, ORDER))


def test_another_status_changes_nothing_else(act) -> None:
    action = act(Change(UPDATE, ORDER, status="active"))

    assert ("update", SENT | {"status": "active"}) == (action["type"], action["resource"])


@pytest.mark.requirement("hooks:A1")
def test_another_dose_of_the_same_drug_keeps_the_order(act) -> None:
    regimen = Regimen("dexamethasone", mg=(10,), route="IV", every_hours=(6,))
    changed = validated(act(Change(UPDATE, ORDER, regimen=regimen))["resource"])

    assert {"id": "d-1", "status": "draft", "note": SENT["note"]}.items() <= changed.items()
    assert SENT["medicationCodeableConcept"] == changed["medicationCodeableConcept"]
    assert {"text", "dispenseRequest"}.isdisjoint(changed)
    (instruction,) = changed["dosageInstruction"]
    assert ("text", 10) == (instruction["text"], instruction["doseAndRate"][0]["doseQuantity"]["value"])


@pytest.mark.parametrize("sent", [SENT, {**SENT, "medicationReference": {"reference": "Medication/1"}}])
def test_another_drug_replaces_it_however_it_was_named(act, sent: dict[str, Any]) -> None:
    regimen = Regimen("methylprednisolone", mg_per_kg=(1,), route="IV", every_hours=(12,))
    changed = act(Change(UPDATE, ORDER, regimen=regimen), sent)["resource"]

    assert "methylprednisolone" == changed["medicationCodeableConcept"]["text"]
    assert "medicationReference" not in changed


def test_a_lower_dose_keeps_the_frequency_and_drops_contradicting_text(act) -> None:
    (instruction,) = validated(act(Change(UPDATE, ORDER, milligrams=2))["resource"])["dosageInstruction"]

    assert SENT["dosageInstruction"][0]["timing"] == instruction["timing"]
    assert ("text", 2) == (instruction["text"], instruction["doseAndRate"][0]["doseQuantity"]["value"])
    assert "patientInstruction" not in instruction


def test_something_new_is_created(act) -> None:
    action = act(Proposal(ProposalKind.TASK, "ice", due=NOW))

    assert ("create", "Task") == (action["type"], action["resource"]["resourceType"])
