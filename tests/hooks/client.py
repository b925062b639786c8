"""The service in one process, as the tests call it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.adapters.client_auth import Anybody
from cds_service.adapters.clients import Client as CdsClient
from cds_service.adapters.fhir_client import AllowedServers
from cds_service.hooks.blueprint import WIRING
from tests.builders import hook_request


class Client:
    """Calls the service and reads its answers."""

    def __init__(self, flask: FlaskClient) -> None:
        self.flask = flask

    def post(self, body: Any, path: str = "/cds-services/icans-patient-view") -> TestResponse:
        data = body if isinstance(body, bytes) else None
        return self.flask.post(path, data=data, json=None if data is not None else body)

    def call(self, fetched: dict | None = None, **more: Any) -> dict[str, Any]:
        response = self.post(hook_request(fetched, **more))
        assert 200 == response.status_code, response.text
        return response.get_json()


def known_as(app: Flask, name: str = "mercy", issuer: str = "https://ehr.mercy.example", **more: Any) -> None:
    """Treat every later call as coming from this client."""
    client = CdsClient(name, issuer, AllowedServers.of((), loopback=True), **more)
    app.extensions[WIRING] = replace(app.extensions[WIRING], callers=Anybody(client))


def evaluation(answer: dict[str, Any]) -> dict[str, Any]:
    """The machine-readable part of an answer."""
    return answer["extension"]["example.icans-cds.evaluation"]
