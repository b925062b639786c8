"""order-select and order-sign: the cards about drafts, and when there are none."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.settings import Settings
from tests.builders import (
    ATC,
    AXI_CEL,
    LOINC,
    PATIENT,
    RXNORM,
    alert,
    axi_cel,
    bundle,
    concept,
    dosage,
    draft,
    hook_request,
    hours_ago,
    ice,
    observation,
    order_call,
    outcome,
    patient,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, evaluation
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_refusals import refused

DEXAMETHASONE, TOCILIZUMAB, LORAZEPAM = "3264", "612865", "6470"
MEASURED = {
    ("29463-7", 24): quantity(80, "kg"),
    ("8302-2", 24): quantity(180, "cm"),
    ("2160-0", 24): quantity(2, "mg/dL"),
}
GRADE_3 = {"neuro": bundle(ice(2), alert()), "therapy": bundle(axi_cel())}
NO_ICANS = {"neuro": bundle(ice(10), alert()), "therapy": bundle(axi_cel())}
WEAK = draft(DEXAMETHASONE, dosage(4), id="d-1")


def answered(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a call at the service for its hook."""
    response = client.post(body, f"/cds-services/icans-{body['hook']}")
    assert 200 == response.status_code, response.text
    return response.get_json()


def found(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The alerts with the orders that they are about."""
    return [(one["finding"], one.get("resource")) for one in evaluation(answer).get("findings", [])]


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
@pytest.mark.requirement("hooks:H4")
def test_a_draft_below_the_options_gets_one_card_and_a_change(client: Client, hook: str) -> None:
    answer = answered(client, order_call(WEAK, hook=hook, selected=["MedicationRequest/d-1"], **GRADE_3))

    assert [("steroid-below-options", "MedicationRequest/d-1")] == found(answer)
    (card,) = answer["cards"]
    assert ("warning", "steroidBelowOptions") == (card["indicator"], card["source"]["topic"]["code"])
    assert "about 4 of 20 mg dexamethasone" in card["summary"]
    assert "dexamethasone 10 mg IV every 6-12 h" in card["detail"]
    assert "ASCO 2021" in card["detail"]
    (action,) = card["suggestions"][0]["actions"]
    assert ("update", "d-1") == (action["type"], action["resource"]["id"])
    assert f"icans-{hook}" == evaluation(answer)["service"]


def card_on_missing_data(answer: dict[str, Any]) -> dict[str, Any]:
    """The only card, which says what could not be checked."""
    (card,) = answer["cards"]
    assert ("warning", "icansDataMissing") == (card["indicator"], card["source"]["topic"]["code"])
    return card


UNRESOLVED = {name: value for name, value in WEAK.items() if name != "medicationCodeableConcept"} | {
    "medicationReference": {"reference": "Medication/gone"}
}
BY_WEIGHT = draft(DEXAMETHASONE, dosage(0.1, "mg/kg"), id="d-1")
ENDLESS = draft(DEXAMETHASONE, {"doseAndRate": [{"rateQuantity": quantity(0.1, "mg/h")}]}, id="d-1")


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (WEAK | {"dosageInstruction": "4 mg"}, "dexamethasone (dose not readable)"),
        (WEAK | {"dosageInstruction": [{"text": "4 mg"}]}, "dexamethasone (dose not readable)"),
        (draft(DEXAMETHASONE, dosage(4, "mL"), id="d-1"), "dexamethasone (dose not readable)"),
        (ENDLESS, "dexamethasone (dose not readable)"),
        (draft(DEXAMETHASONE, dosage(4, timing={"code": {"text": "when needed"}})), "(frequency not understood)"),
        (BY_WEIGHT, "dexamethasone (no weight or body surface)"),
        (UNRESOLVED, "an order (drug not known)"),
        (WEAK | {"medicationCodeableConcept": {"text": "dexamethasone 4 mg"}}, "an order (drug not known)"),
        (WEAK | {"medicationCodeableConcept": {"coding": []}}, "an order (drug not known)"),
        (WEAK | {"medicationCodeableConcept": {"coding": [{"display": "dexamethasone"}]}}, "an order (drug not known)"),
        (WEAK | {"medicationCodeableConcept": {"coding": [{"code": "3264"}]}}, "an order (drug not known)"),
        (WEAK | {"medicationCodeableConcept": concept(" ", RXNORM)}, "an order (drug not known)"),
        (WEAK | {"status": "Draft"}, "dexamethasone (status not understood)"),
        (WEAK | {"status": "unknown"}, "dexamethasone (status not understood)"),
        (WEAK | {"status": None}, "dexamethasone (status not understood)"),
        (UNRESOLVED | {"status": "Draft"}, "an order (drug not known)"),
        (WEAK | {"resourceType": "medicationrequest"}, "an order (not readable)"),
        (WEAK | {"resourceType": None}, "an order (not readable)"),
        (WEAK | {"subject": {"display": "somebody"}}, "dexamethasone (names no patient)"),
        (UNRESOLVED | {"subject": None}, "an order (names no patient)"),
        (WEAK | {"modifierExtension": [{"url": "urn:x"}]}, "dexamethasone (modifier not understood)"),
        (WEAK | {"status": ["draft"]}, "an order (not readable)"),
        (WEAK | {"status": 3, "subject": "Patient/p-1", "id": 3}, "an order (not readable)"),
    ],
)
@pytest.mark.requirement("hooks:R6")
def test_a_relevant_draft_that_cannot_be_checked_is_reported(client: Client, order: dict[str, Any], text: str) -> None:
    answer = answered(client, order_call(order, **GRADE_3))

    assert [] == found(answer)
    assert text in card_on_missing_data(answer)["summary"]
    assert "dexamethasone 10 mg IV every 6-12 h" in card_on_missing_data(answer)["detail"]
    assert [] == answered(client, order_call(order, **NO_ICANS))["cards"]


@pytest.mark.parametrize("entry", [None, 5, "MedicationRequest/d-1", {}, {"resource": None}, {"resource": []}])
@pytest.mark.requirement("hooks:R6")
def test_a_relevant_entry_that_is_not_a_resource_is_reported(client: Client, entry: object) -> None:
    body = order_call(**GRADE_3)
    body["context"]["draftOrders"]["entry"] = [entry]
    answer = answered(client, body)

    assert "an order (not readable)" in card_on_missing_data(answer)["summary"]
    gap = {"concept": "MedicationRequest", "kind": "unreadable", "count": 1, "detail": "draft"}
    assert gap in evaluation(answer)["gaps"]


@pytest.mark.parametrize(
    "order",
    [
        WEAK | {"medicationCodeableConcept": concept("DEXA4", "urn:oid:1.2.3")},
        WEAK | {"medicationCodeableConcept": concept("DEXA4", "urn:oid:1.2.3", text="dexamethasone 4 mg")},
        WEAK | {"status": "active"},
        WEAK | {"status": "entered-in-error"},
        WEAK | {"resourceType": "DeviceRequest"},
    ],
)
def test_a_draft_known_to_be_irrelevant_gets_no_card(client: Client, order: dict[str, Any]) -> None:
    assert [] == answered(client, order_call(order, **GRADE_3))["cards"]


def test_several_unjudged_drafts_share_one_card_besides_the_alerts(client: Client) -> None:
    lorazepam = draft(LORAZEPAM, dosage(1), id="d-3")
    answer = answered(client, order_call(UNRESOLVED, draft(DEXAMETHASONE, id="d-2"), lorazepam, **GRADE_3))

    finding, unread = answer["cards"]
    assert ["depressantMasksAssessment", "icansDataMissing"] == [
        card["source"]["topic"]["code"] for card in (finding, unread)
    ]
    assert "2 orders (an order, dexamethasone)" in unread["summary"]


def test_an_unreadable_order_of_another_patient_is_ignored(client: Client) -> None:
    other = WEAK | {"status": ["draft"], "subject": {"reference": "Patient/p-2"}}

    assert [] == answered(client, order_call(other, **GRADE_3))["cards"]


def test_an_infusion_by_rate_is_compared_like_any_other_dose(client: Client) -> None:
    rate, six_hours = {"rateQuantity": quantity(1, "mg/h")}, {"repeat": {"duration": 6, "durationUnit": "h"}}
    answer = answered(
        client, order_call(draft(DEXAMETHASONE, {"doseAndRate": [rate], "timing": six_hours}, id="d-1"), **GRADE_3)
    )

    assert [("steroid-below-options", "MedicationRequest/d-1")] == found(answer)
    assert "about 6 of 20 mg" in answer["cards"][0]["summary"]


def test_an_order_gets_no_status_card(client: Client) -> None:
    assert [] == answered(client, order_call(draft("1191", dosage(100)), **GRADE_3))["cards"]


@pytest.mark.parametrize(
    ("selected", "text"),
    [
        ([], "dexamethasone (nothing was selected)"),
        (["MedicationRequest/other"], "an order (selected, not among the drafts)"),
    ],
)
def test_a_relevant_selection_without_a_draft_is_reported(client: Client, selected: list[str], text: str) -> None:
    asked = {"hook": "order-select", "selected": selected}
    answer = answered(client, order_call(WEAK, **asked, **GRADE_3))

    assert [] == found(answer)
    assert text in card_on_missing_data(answer)["summary"]
    assert [] == answered(client, order_call(WEAK, **asked, **NO_ICANS))["cards"]


@pytest.mark.requirement("hooks:P12")
def test_the_draft_of_another_patient_is_ignored_and_reported(client: Client) -> None:
    answer = answered(client, order_call(WEAK | {"subject": {"reference": "Patient/p-2"}}, **GRADE_3))

    assert ([], []) == (answer["cards"], found(answer))
    assert {"concept": "orders", "kind": "wrong-patient", "count": 1} in evaluation(answer)["gaps"]


def test_a_draft_of_another_patient_among_the_patients_own_is_on_the_card(client: Client) -> None:
    other = WEAK | {"subject": {"reference": "Patient/p-2"}, "id": "d-2"}
    (card,) = answered(client, order_call(WEAK, other, **GRADE_3))["cards"]

    assert "Draft orders for another patient, ignored: 1" in card["detail"]


@pytest.mark.rule("C5")
def test_tocilizumab_above_the_maximum_is_lowered(client: Client) -> None:
    weight = {
        "resourceType": "Observation",
        "id": "w",
        "status": "final",
        "code": concept("29463-7", "http://loinc.org"),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": hours_ago(20),
        "valueQuantity": quantity(110, "kg"),
    }
    answer = answered(client, order_call(draft(TOCILIZUMAB, dosage(8, "mg/kg")), vitals=bundle(weight), **GRADE_3))

    assert ["tocilizumab-alone-with-icans", "tocilizumab-over-limit"] == [finding for finding, _ in found(answer)]
    card = answer["cards"][1]
    (action,) = card["suggestions"][0]["actions"]
    assert 800 == action["resource"]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"]
    assert "880 mg" in card["summary"]


def test_unreduced_fludarabine_gets_a_card(client: Client) -> None:
    body = [observation(*row, system=LOINC, valueQuantity=value) for row, value in MEASURED.items()]
    ordered = draft(AXI_CEL, id="m-1", status="active")
    answer = answered(
        client,
        order_call(
            draft("L01BB05", dosage(30, "mg/m2", hours=24), system=ATC, id="d-1"),
            patient=patient(gender="male"),
            vitals=bundle(*body[:2]),
            labs=bundle(body[2]),
            neuro=bundle(ice(10, 48)),
            orders=bundle(ordered),
        ),
    )

    assert [("fludarabine-unreduced", "MedicationRequest/d-1")] == found(answer)
    assert "30 mg/m² with a clearance of 44 mL/min" in answer["cards"][0]["summary"]


def test_a_draft_without_an_id_gets_no_change_that_needs_one(client: Client) -> None:
    resource = {name: value for name, value in WEAK.items() if name != "id"}
    (card,) = answered(client, order_call(resource, **GRADE_3))["cards"]

    assert "suggestions" not in card


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
@pytest.mark.parametrize(
    "context",
    [
        {},
        {"draftOrders": None},
        {"draftOrders": []},
        {"draftOrders": {"resourceType": "Patient"}},
        {"draftOrders": {"resourceType": "Bundle", "entry": {}}},
    ],
)
@pytest.mark.requirement("hooks:R5")
def test_a_context_without_drafts_is_422(client: Client, hook: str, context: dict[str, Any]) -> None:
    body = order_call(hook=hook, selected=[], **GRADE_3)
    del body["context"]["draftOrders"]
    body["context"] |= context

    assert "draftOrders" in refused(client.post(body, f"/cds-services/icans-{hook}"), 422)


@pytest.mark.parametrize("selections", [None, "MedicationRequest/d-1", [1], [""], {}])
@pytest.mark.requirement("hooks:R5")
def test_order_select_needs_selections(client: Client, selections: Any) -> None:
    body = order_call(WEAK, hook="order-select", **GRADE_3)
    body["context"]["selections"] = selections

    assert "selections" in refused(client.post(body, "/cds-services/icans-order-select"), 422)


@pytest.mark.requirement("hooks:R6")
def test_a_call_for_another_hook_is_422(client: Client) -> None:
    body = order_call(WEAK, **GRADE_3)

    assert "order-select" in refused(
        client.post(body | {"context": body["context"] | {"selections": []}}, "/cds-services/icans-order-select"), 422
    )


@pytest.mark.requirement("hooks:R3")
@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_without_the_needed_data_it_is_412(client: Client, hook: str) -> None:
    body = order_call(WEAK, hook=hook, selected=[]) | {"prefetch": {}}

    assert "neuro (required)" in refused(client.post(body, f"/cds-services/icans-{hook}"), 412)


def test_failed_lookups_are_reported_on_a_card(client: Client) -> None:
    answer = answered(client, order_call(draft("1191"), neuro=outcome(), therapy=bundle(axi_cel())))

    assert ["icansDataMissing"] == [card["source"]["topic"]["code"] for card in answer["cards"]]


def test_missing_orders_on_file_are_a_gap(client: Client) -> None:
    body = order_call(WEAK, **GRADE_3)
    del body["prefetch"]["orders"]

    assert {"concept": "orders", "kind": "not-provided", "count": 1} in evaluation(answered(client, body))["gaps"]


@pytest.mark.rule("U2")
def test_a_patient_gets_no_cards(client: Client) -> None:
    body = order_call(WEAK, **GRADE_3)
    body["context"]["userId"] = f"Patient/{PATIENT}"
    answer = answered(client, body)

    assert [] == answer["cards"]
    assert [("steroid-below-options", "MedicationRequest/d-1")] == found(answer)


@pytest.mark.requirement("hooks:P10")
def test_a_drug_that_a_draft_refers_to_is_read_from_the_server(client: Client) -> None:
    medication = {
        "resourceType": "Medication",
        "id": "m-1",
        "code": concept(DEXAMETHASONE, "http://www.nlm.nih.gov/research/umls/rxnorm"),
    }
    resource = {name: value for name, value in WEAK.items() if name != "medicationCodeableConcept"}
    resource["medicationReference"] = {"reference": "Medication/m-1"}
    body = order_call(resource)

    def rule(call: Call) -> Answer:
        if call.path == "/fhir/Medication/m-1":
            return Answer(medication)
        if call.path.startswith("/fhir/Patient"):
            return Answer(prefetch()["patient"])
        neuro = call.kind == "Observation" and "ice-total" in str(call.query)
        drugs = call.kind == "MedicationAdministration"
        return Answer(GRADE_3["neuro"] if neuro else GRADE_3["therapy"] if drugs else bundle())

    with serving(rule) as server:
        answer = answered(client, {**body, "prefetch": {}, "fhirServer": server.base})

    assert [("steroid-below-options", "MedicationRequest/d-1")] == found(answer)
    assert [["active"]] == [call.query["status"] for call in server.asked("MedicationRequest")]


def test_patient_view_needs_no_orders(client: Client) -> None:
    fetched = {key: value for key, value in prefetch(**GRADE_3).items() if key != "orders"}
    answer = client.post(hook_request(fetched)).get_json()

    assert "orders" not in {gap["concept"] for gap in evaluation(answer).get("gaps", [])}


@pytest.mark.parametrize("kind", [{}, ["MedicationRequest"], 5, None, True])
def test_a_draft_without_a_type_is_ignored(client: Client, kind: object) -> None:
    """Found by fuzzing."""
    answer = answered(client, order_call({**WEAK, "resourceType": kind}, WEAK, **GRADE_3))

    assert [("steroid-below-options", "MedicationRequest/d-1")] == found(answer)


@pytest.mark.parametrize("neuro", [bundle(ice(8), alert()), bundle(ice(1), alert()), bundle(ice(10), alert())])
@pytest.mark.parametrize("drug", [LORAZEPAM, DEXAMETHASONE])
@pytest.mark.requirement("hooks:R6")
def test_an_order_that_could_not_be_checked_always_gets_a_card(
    client: Client, neuro: dict[str, Any], drug: str
) -> None:
    failed = dict.fromkeys(("therapy", "drugs", "procedures"), outcome())
    body = order_call(draft(drug, dosage(4)), neuro=neuro, **failed)

    (card, *_) = answered(client, body)["cards"]

    assert "(therapy not known)" in card["summary"]
    assert "Therapy and sedation not checked" in card["detail"]


def test_too_many_drafts_are_refused_and_many_are_checked_quickly(client: Client) -> None:
    hourly = dosage(800, timing={"repeat": {"frequency": 24, "period": 1, "periodUnit": "d"}})
    many = [draft(TOCILIZUMAB, hourly) for _ in range(Settings().draft_limit)]

    assert answered(client, order_call(*many, **GRADE_3))["cards"]
    one_more = order_call(*many, draft(TOCILIZUMAB, hourly), **GRADE_3)
    assert "ICANS_DRAFT_LIMIT" in refused(client.post(one_more, "/cds-services/icans-order-sign"), 413)
