"""Calling the hook in tests."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import hook_request


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
