"""The OpenAPI document, and tests by schemathesis that the service follows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from cds_service.app import create_app
from cds_service.hooks import SERVICES
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, prefetch
from tests.hooks.client import Client

CALLED = tuple(f"/cds-services/{name}" for name in SERVICES)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def document(client: Client) -> dict[str, Any]:
    return client.flask.get("/openapi.json").get_json()


@pytest.fixture(scope="module")
def described() -> Any:
    """The real application with a short deadline for searches, as schemathesis calls it."""
    app = create_app(Settings(demo=True, deadline_seconds=0.1, decision_log="off"), now=lambda: NOW)
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/cds-services", *CALLED, *(f"{path}/feedback" for path in CALLED)])
def test_the_service_follows_the_document(described: Any, path: str) -> None:
    operation = described[path]["GET" if path == "/cds-services" else "POST"]

    @given(operation.as_strategy())
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    holds()


def test_every_service_and_its_feedback_is_described(document: dict[str, Any]) -> None:
    assert {"/cds-services", *CALLED, *(f"{path}/feedback" for path in CALLED)} == set(document["paths"])
    assert "3.1.0" == document["openapi"]


def test_each_request_schema_names_its_hook_and_context(document: dict[str, Any]) -> None:
    asked = document["components"]["schemas"]

    assert ["patient-view"] == asked["patient-view-request"]["properties"]["hook"]["enum"]
    assert {"hook", "hookInstance", "context"} == set(asked["order-sign-request"]["required"])
    assert {"userId", "patientId", "draftOrders"} == set(asked["OrderSignContext"]["required"])
    assert 1 == asked["FeedbackMessage"]["properties"]["feedback"]["minItems"]


def test_patterns_work_outside_python(document: dict[str, Any]) -> None:
    assert not re.search(r"\\\\[AZ]", str(document))


def test_cards_match_the_document(client: Client, described: Any) -> None:
    body = hook_request(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))
    response = client.post(body)

    described["/cds-services/icans-patient-view"]["POST"].validate_response(response)
