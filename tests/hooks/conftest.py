"""The service as a Flask test client, with the clock of the tests."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, hook_request


class Client:
    """Calls the hook and reads the answer."""

    def __init__(self, flask: FlaskClient) -> None:
        self.flask = flask

    def post(self, body: Any, path: str = "/cds-services/icans-patient-view") -> TestResponse:
        data = body if isinstance(body, bytes) else None
        return self.flask.post(path, data=data, json=None if data is not None else body)

    def call(self, fetched: dict | None = None, **more: Any) -> dict[str, Any]:
        response = self.post(hook_request(fetched, **more))
        assert 200 == response.status_code, response.text
        return response.get_json()


def evaluation(answer: dict[str, Any]) -> dict[str, Any]:
    """The machine-readable part of an answer."""
    return answer["extension"]["example.icans-cds.evaluation"]


@pytest.fixture(scope="session")
def client() -> Client:
    return Client(create_app(Settings(demo=True, deadline_seconds=1.0), now=lambda: NOW).test_client())
