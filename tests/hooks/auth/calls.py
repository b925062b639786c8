"""Calls by an EHR that signs, and the answer when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, hook_request, prefetch
from tests.hooks.client import Client
from tests.hooks.ehr import (
    PUBLIC_URL,
    SERVICE,
    clients_file,
)

Trusting = Callable[..., Client]
DISCOVERY, FEEDBACK = "/cds-services", f"{SERVICE}/feedback"
NOTHING_SAID = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "login", "diagnostics": "Not authenticated."}],
}
SECONDS = int(NOW.timestamp())
# A demo, because the FHIR servers of these tests use http.
DEMO = {"demo": True}


def start(folder: Path, settings: dict[str, Any] | None = None, **client: Any) -> Client:
    file = clients_file(folder, **client)
    stated = {"clients": str(file), "public_url": PUBLIC_URL, "store": str(folder / "store.sqlite")}
    return Client(create_app(Settings(**stated | (settings or {})), now=lambda: NOW).test_client())


def call(client: Client, headers: dict[str, str], body: Any = None) -> TestResponse:
    return client.flask.post(SERVICE, json=body or hook_request(prefetch()), headers=headers)


def refused(response: TestResponse, logged: pytest.LogCaptureFixture, reason: str, client: str = "mercy") -> None:
    """Assert that the call was refused without a reason for the caller, and that the log gives the reason."""
    assert (401, NOTHING_SAID) == (response.status_code, response.get_json())
    assert "Bearer" == response.headers["WWW-Authenticate"]
    assert "X-Knowledge-Version" not in response.headers
    assert [f"a call was not authenticated: {reason}, client {client}"] == logged.messages
