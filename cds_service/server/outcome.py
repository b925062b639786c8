"""OperationOutcome: the answer to every refused or failed request."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from flask import Response


def outcome(status: int, text: str, code: str) -> Response:
    """An OperationOutcome for integration engineers: no internals and nothing from the request (hooks:R6)."""
    return outcome_of({"severity": "error", "code": code, "diagnostics": text}, status=status)


def outcome_of(*issues: Mapping[str, object], status: int) -> Response:
    """An OperationOutcome with these issues."""
    body = {"resourceType": "OperationOutcome", "issue": issues}
    return Response(msgspec.json.encode(body), status, mimetype="application/fhir+json")
