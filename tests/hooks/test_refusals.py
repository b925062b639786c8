"""Every error is an OperationOutcome, never an answer without cards."""

from __future__ import annotations

import json

import pytest

from tests.builders import bundle, hook_request, ice, patient, prefetch
from tests.hooks.client import Client

PATH = "/cds-services/icans-patient-view"


def refused(response, status: int) -> str:
    """Assert that a request was refused with this status; the text for the engineer."""
    body = response.get_json()
    assert (status, "OperationOutcome") == (response.status_code, body["resourceType"]), response.text
    assert "cards" not in body
    return body["issue"][0]["diagnostics"]


GOOD = json.dumps(hook_request(prefetch(neuro=bundle(ice(9))))).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{",
        GOOD[:-1],
        GOOD.replace(b"9,", b"NaN,", 1).replace(b": 9", b": NaN", 1),
        GOOD.replace(b'"valueInteger": 9', b'"valueInteger": 1e999999'),
        GOOD.replace(b'"valueInteger": 9', b'"valueInteger": ' + b"9" * 5000),
        GOOD.replace(b'"final"', b'"\\ud800"'),
        GOOD.replace(b'"Practitioner/dr-1"', b'"\\udfff"'),
        GOOD.replace(b'"Practitioner/dr-1"', b'"\xff"'),
        GOOD.replace(b'"hook":', b'"extension": 1e999999, "hook":', 1),
    ],
)
@pytest.mark.requirement("hooks:R5")
def test_what_is_not_json_is_400(client: Client, body: bytes) -> None:
    refused(client.post(body), 400)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        5,
        None,
        True,
        {},
        {"hook": "patient-view"},
        hook_request(hook="order-sign"),
        hook_request(hook=3),
        hook_request(hookInstance=""),
        hook_request(hookInstance=None),
        hook_request(context=None),
        hook_request(context=[]),
        hook_request(context={"userId": "Practitioner/1"}),
        hook_request(context={"patientId": "p-1"}),
        hook_request(context={"userId": "dr-1", "patientId": "p-1"}),
        hook_request(context={"userId": "Practitioner/1", "patientId": 7}),
        hook_request(prefetch=[]),
        hook_request(prefetch="x"),
        hook_request(fhirServer="not a url"),
        hook_request(fhirServer=5),
        hook_request(fhirAuthorization="token"),
        hook_request(fhirAuthorization={}),
        hook_request(fhirAuthorization={"access_token": 5}),
        hook_request(fhirAuthorization={"access_token": "a b"}),
        hook_request(fhirAuthorization={"access_token": "a\r\nHost: evil.example"}),
        hook_request(fhirAuthorization={"access_token": "a", "token_type": "Basic"}),
        hook_request(fhirAuthorization={"access_token": "a", "token_type": "Bearer\n"}),
        hook_request(fhirAuthorization={"access_token": "a", "patient": "p-2"}),
    ],
)
@pytest.mark.requirement("hooks:R5")
def test_json_that_is_not_a_hook_request_is_422(client: Client, body: object) -> None:
    refused(client.post(json.dumps(body).encode()), 422)


@pytest.mark.parametrize("patient_id", ["", "../../admin?x=", "a/b", "a b", "p_1", "x" * 256, "..", "p-1\n", "é"])
@pytest.mark.requirement("hooks:P12")
def test_an_id_is_checked_before_it_is_used(client: Client, patient_id: str) -> None:
    context = {"userId": "Practitioner/1", "patientId": patient_id}

    text = refused(client.post(hook_request(prefetch(), context=context)), 422)

    assert "context.patientId" in text
    assert not patient_id or patient_id not in text


def test_the_encounter_id_is_checked_too(client: Client) -> None:
    context = {"userId": "Practitioner/1", "patientId": "p-1", "encounterId": "../x"}

    assert "encounterId" in refused(client.post(hook_request(prefetch(), context=context)), 422)


def test_ids_longer_than_fhir_allows_are_accepted(client: Client) -> None:
    name = "x" * 255
    context = {"userId": "Practitioner/1", "patientId": name, "encounterId": None}

    response = client.post(hook_request(prefetch(patient=patient(id=name)), context=context))

    assert 200 == response.status_code


@pytest.mark.requirement("hooks:R9")
def test_an_unknown_service_is_404_and_lists_the_known_ones(client: Client) -> None:
    assert "icans-patient-view" in refused(client.post(hook_request(), "/cds-services/nothing"), 404)
    refused(client.flask.get("/nowhere"), 404)


@pytest.mark.requirement("hooks:R9")
def test_a_wrong_method_is_405_and_names_the_right_one(client: Client) -> None:
    response = client.flask.get(PATH)

    assert "POST" in refused(response, 405)
    assert "POST" in response.headers["Allow"]
    refused(client.flask.post("/cds-services"), 405)


@pytest.mark.requirement("hooks:E2")
@pytest.mark.requirement("hooks:R7")
def test_unknown_elements_are_tolerated(client: Client) -> None:
    context = {"userId": "Practitioner/1", "patientId": "p-1", "com.epic.thing": {"a": [1, None]}}

    answer = client.call(
        prefetch(**{"-user": {"resourceType": "Practitioner"}}), context=context, extension={"x": {}}, new=1
    )

    assert [] == answer["cards"]


def test_an_internal_error_reveals_no_details(client: Client, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    def broken(*_: object) -> None:
        raise ValueError("patient Jane Doe")

    monkeypatch.setattr("cds_service.hooks.service.Wiring.decide", broken)

    text = refused(client.post(hook_request(prefetch())), 500)

    assert "An unexpected error occurred." == text
    assert "Jane" not in caplog.text
    assert "ValueError" in caplog.text


def test_an_answer_that_violates_the_specification_is_not_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = "cds_service.rendering.wire.response.ResponseWriter"
    monkeypatch.setattr(f"{writer}.response", lambda *_: {"cards": [{"summary": "x" * 140}]})

    assert "An unexpected error occurred." == refused(client.post(hook_request(prefetch())), 500)


@pytest.mark.requirement("hooks:R7")
@pytest.mark.parametrize("hook", ["patient-view", "encounter-discharge"])
@pytest.mark.parametrize(
    "foreign", [{"selections": 5}, {"selections": [1]}, {"draftOrders": "x"}, {"draft_orders": 5}, {"user_id": []}]
)
def test_elements_of_another_hook_are_ignored(client: Client, hook: str, foreign: dict) -> None:
    """Found by fuzzing: order selections in a patient-view call were read without validation."""
    context = {"userId": "Practitioner/1", "patientId": "p-1", "encounterId": "e-1"} | foreign

    response = client.post(hook_request(prefetch(), hook=hook, context=context), f"/cds-services/icans-{hook}")

    assert 200 == response.status_code
