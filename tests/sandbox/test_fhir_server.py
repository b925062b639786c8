"""The embedded FHIR server over HTTP, as the public CDS Hooks sandbox and other clients use it."""

from __future__ import annotations

import json
import logging
import threading
from typing import Any
from urllib.parse import quote

import pytest
import requests
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.sandbox.fhir import store as memory
from cds_service.sandbox.fhir.parameters import PARAMETERS

FHIR_JSON = "application/fhir+json"
TASK = {
    "resourceType": "Task",
    "id": "mine",
    "status": "draft",
    "intent": "proposal",
    "for": {"reference": "Patient/brandt"},
    "description": "ICE due",
}


def diagnostics(response: TestResponse) -> str:
    """The diagnostics of a refusal's OperationOutcome."""
    body = response.get_json()
    assert "OperationOutcome" == body["resourceType"]
    assert response.mimetype == FHIR_JSON
    return body["issue"][0]["diagnostics"]


@pytest.mark.parametrize("accept", ["application/json", "application/json+fhir", FHIR_JSON, "*/*"])
def test_a_read(web: FlaskClient, accept: str) -> None:
    response = web.get("/fhir/Patient/brandt", headers={"Accept": accept})
    assert (200, FHIR_JSON) == (response.status_code, response.mimetype)
    assert ("Patient", "brandt") == (response.get_json()["resourceType"], response.get_json()["id"])
    assert "nosniff" == response.headers["X-Content-Type-Options"]


@pytest.mark.parametrize("path", ["/fhir/Patient/nobody", "/fhir/Observation/brandt", "/fhir/Task/x"])
def test_a_missing_resource_is_404(web: FlaskClient, path: str) -> None:
    response = web.get(path)
    assert 404 == response.status_code
    assert "There is no such" in diagnostics(response)


@pytest.mark.parametrize("path", ["/fhir/Unicorn", "/fhir/Unicorn/1", "/fhir/Unicorn?colour=red"])
def test_an_unknown_type_is_refused(web: FlaskClient, path: str) -> None:
    response = web.get(path)
    assert 404 == response.status_code
    assert "Condition, Encounter, Medication" in diagnostics(response)


def test_a_searchset_is_valid_fhir(web: FlaskClient) -> None:
    bundle = web.get("/fhir/Observation?patient=brandt&_count=3").get_json()
    Bundle.model_validate(bundle)
    assert ("searchset", 14, 3) == (bundle["type"], bundle["total"], len(bundle["entry"]))
    entry = bundle["entry"][0]
    assert "match" == entry["search"]["mode"]
    assert f"http://localhost/fhir/Observation/{entry['resource']['id']}" == entry["fullUrl"]


def test_an_unwanted_total_is_left_out(web: FlaskClient) -> None:
    assert "total" not in web.get("/fhir/Observation?patient=brandt&_total=none").get_json()


def test_nothing_found_has_no_empty_entry(web: FlaskClient) -> None:
    bundle = web.get("/fhir/Condition?patient=brandt").get_json()
    assert (0, False) == (bundle["total"], "entry" in bundle)


def test_an_unknown_parameter_is_refused_by_name(web: FlaskClient) -> None:
    response = web.get("/fhir/Observation?patient=brandt&colour=red")
    assert 400 == response.status_code
    assert '"colour"' in diagnostics(response)


def test_a_search_by_form_with_values_encoded_twice(web: FlaskClient) -> None:
    """The public sandbox posts the template `code=http://loinc.org%7C8310-5` like this."""
    once = quote("http://loinc.org|8310-5", safe="")
    for value in ("http://loinc.org|8310-5", once):
        response = web.post("/fhir/Observation/_search", data={"patient": "brandt", "code": value, "_count": "2"})
        assert (200, 5) == (response.status_code, response.get_json()["total"])


def test_the_next_link_of_a_form_carries_its_parameters(web: FlaskClient) -> None:
    form = {"patient": "brandt", "code": "http://loinc.org|8310-5", "_count": "2"}
    first = web.post("/fhir/Observation/_search", data=form).get_json()
    links = {link["relation"]: link["url"] for link in first["link"]}
    second = web.get(links["next"]).get_json()
    assert (5, 2) == (second["total"], len(second["entry"]))
    assert not {one["fullUrl"] for one in first["entry"]} & {one["fullUrl"] for one in second["entry"]}


def test_parameters_of_a_form_and_of_the_url_are_combined(web: FlaskClient) -> None:
    response = web.post("/fhir/Observation/_search?code=8310-5", data={"patient": "brandt"})
    assert 5 == response.get_json()["total"]
    response = web.post("/fhir/Observation/_search?patient=brandt", data={"code": "ice-total"})
    assert 5 == response.get_json()["total"]


def test_a_search_with_a_json_body_is_refused(web: FlaskClient) -> None:
    response = web.post("/fhir/Observation/_search", json={"patient": "brandt"})
    assert 415 == response.status_code
    assert "form" in diagnostics(response)


def test_the_capability_statement_names_exactly_what_works(web: FlaskClient) -> None:
    response = web.get("/fhir/metadata", headers={"Accept": "application/json"})
    statement = response.get_json()
    CapabilityStatement.model_validate(statement)
    assert ("4.0.1", ["json"]) == (statement["fhirVersion"], statement["format"])
    for resource in statement["rest"][0]["resource"]:
        assert ["read", "search-type", "create"] == [one["code"] for one in resource["interaction"]]
        for parameter in resource["searchParam"]:
            value = {"date": "2026-01-01"}.get(parameter["type"], "x")
            assert 200 == web.get(f"/fhir/{resource['type']}?{parameter['name']}={value}").status_code
        for include in resource.get("searchInclude", []):
            assert 200 == web.get(f"/fhir/{resource['type']}?_include={include}").status_code
    assert set(PARAMETERS) <= {resource["type"] for resource in statement["rest"][0]["resource"]}


def test_a_created_resource_can_be_read_and_found(web: FlaskClient) -> None:
    response = web.post("/fhir/Task", json=TASK)
    created = response.get_json()
    assert 201 == response.status_code
    assert "mine" != created["id"]
    assert f"http://localhost/fhir/Task/{created['id']}" == response.headers["Location"]
    assert created == web.get(response.headers["Location"]).get_json()
    assert "1" == created["meta"]["versionId"]
    assert 1 == web.get("/fhir/Task?patient=brandt&status=draft").get_json()["total"]


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 400, "not JSON"),
        (b'{"a": NaN}', 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        (b"[]", 400, "not a JSON object"),
        (b"3", 400, "not a JSON object"),
        (b"{}", 422, "no Task"),
        (b'{"resourceType": "Observation"}', 422, "no Task"),
        (b'{"resourceType": "Task"}', 422, "Not a valid Task"),
        (json.dumps(TASK | {"colour": "red"}).encode(), 422, "colour"),
        (json.dumps(TASK | {"for": ["Patient/brandt"]}).encode(), 422, "for"),
        (json.dumps(TASK | {"meta": 3}).encode(), 422, "meta"),
        (json.dumps(TASK | {"contained": [{"resourceType": "Unicorn"}]}).encode(), 422, "Not a valid Task"),
    ],
)
def test_what_is_not_a_resource_is_not_created(web: FlaskClient, body: bytes, status: int, why: str) -> None:
    response = web.post("/fhir/Task", data=body, content_type=FHIR_JSON)
    assert status == response.status_code
    assert why in diagnostics(response)
    assert 0 == web.get("/fhir/Task").get_json()["total"]


def test_a_refusal_does_not_repeat_what_was_sent(web: FlaskClient) -> None:
    response = web.post("/fhir/Task", json=TASK | {"status": {"Mrs": "Brandt"}})
    assert "Brandt" not in response.text


def test_the_sandbox_does_not_grow_without_limit(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_CREATED", 2)
    assert [201, 201, 422] == [web.post("/fhir/Task", json=TASK).status_code for _ in range(3)]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nothing_is_changed_or_deleted(web: FlaskClient, method: str) -> None:
    response = web.open("/fhir/Patient/brandt", method=method, json={"resourceType": "Patient"})
    assert 405 == response.status_code
    assert "changes and deletes nothing" in diagnostics(response)
    assert 200 == web.get("/fhir/Patient/brandt").status_code


@pytest.mark.requirement("hooks:X1")
@pytest.mark.parametrize(
    "path", ["/fhir/Patient", "/fhir/Observation/_search", "/cds-services", "/cds-services/icans-patient-view"]
)
def test_browsers_of_other_origins_may_call(web: FlaskClient, path: str) -> None:
    asked = {
        "Origin": "https://sandbox.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = web.options(path, headers=asked)
    assert 200 == preflight.status_code
    assert "*" == preflight.headers["Access-Control-Allow-Origin"]
    assert {"POST", "GET"} <= set(preflight.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "content-type"} <= set(preflight.headers["Access-Control-Allow-Headers"].split(", "))


def test_answers_and_refusals_can_be_read_by_other_origins(web: FlaskClient) -> None:
    origin = {"Origin": "https://sandbox.example"}
    for path in ("/fhir/Patient", "/fhir/Patient/nobody", "/fhir/Patient?colour=red", "/cds-services"):
        assert "*" == web.get(path, headers=origin).headers["Access-Control-Allow-Origin"]


def test_pages_are_not_for_other_origins(web: FlaskClient) -> None:
    response = web.get("/", headers={"Origin": "https://sandbox.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_no_part_of_a_resource_is_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    web = app.test_client()
    with caplog.at_level(logging.DEBUG):
        web.post("/fhir/Task", json=TASK | {"description": "Secret"})
        web.post("/fhir/Task", json={"description": "Secret"})
        web.get("/fhir/Patient/Secret")
        web.get("/patients/brandt")
    assert "Secret" not in caplog.text
    assert "Brandt" not in caplog.text


def test_creating_and_searching_at_once(live: str) -> None:
    """A search must not see a partial update, and no created resource may be lost."""
    totals: list[int] = []

    def create() -> None:
        for _ in range(10):
            requests.post(f"{live}/fhir/Task", json=TASK, timeout=5).raise_for_status()

    def search() -> None:
        for _ in range(10):
            answer: dict[str, Any] = requests.get(f"{live}/fhir/Task", timeout=5).json()
            totals.append(answer["total"])

    threads = [threading.Thread(target=work) for work in (create, search, create, search)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 20 == len(totals)
    assert 20 == requests.get(f"{live}/fhir/Task", timeout=5).json()["total"]
