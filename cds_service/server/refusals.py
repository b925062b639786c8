"""The answers to requests that never reach the application: malformed HTTP, and headers that never end."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from flask import Response
from gunicorn.http import errors


def outcome(status: int, text: str, code: str) -> Response:
    """An OperationOutcome for integration engineers: no internals and nothing from the request (hooks:R6)."""
    return outcome_of({"severity": "error", "code": code, "diagnostics": text}, status=status)


def outcome_of(*issues: Mapping[str, object], status: int) -> Response:
    """An OperationOutcome with these issues."""
    body = {"resourceType": "OperationOutcome", "issue": issues}
    return Response(msgspec.json.encode(body), status, mimetype="application/fhir+json")


# The application's own faults, although gunicorn treats them as errors of the request.
_OURS: tuple[type[errors.ParseException], ...] = (
    errors.InvalidResponseHeader,  # type: ignore[attr-defined]  # stubs of an older version
    errors.InvalidResponseHeaderName,  # type: ignore[attr-defined]
    errors.ConfigurationProblem,
)


class LateHeadError(errors.ParseException):
    """The headers of a request did not arrive in time."""


class _Refusal(NamedTuple):
    """A status of HTTP, with the code and the text of an OperationOutcome."""

    status: HTTPStatus
    code: str
    text: str


# Any other error of the request means that it is not HTTP.
_KNOWN: dict[type[BaseException], _Refusal] = {
    LateHeadError: _Refusal(
        HTTPStatus.REQUEST_TIMEOUT,
        "timeout",
        "The headers did not arrive in time (setting ICANS_HEADER_SECONDS).",
    ),
    errors.LimitRequestLine: _Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "too-long", "The address is too long."),
    errors.LimitRequestHeaders: _Refusal(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "too-long",
        "There are too many headers, or they are too long.",
    ),
    errors.ExpectationFailed: _Refusal(
        HTTPStatus.EXPECTATION_FAILED,
        "not-supported",
        "The only supported expectation is 100-continue.",
    ),
    errors.UnsupportedTransferCoding: _Refusal(
        HTTPStatus.NOT_IMPLEMENTED, "not-supported", "Unsupported transfer coding."
    ),
}
_NO_HTTP = _Refusal(HTTPStatus.BAD_REQUEST, "structure", "This is not HTTP/1.1.")
_DEFECT = _Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "exception", "An unexpected error occurred.")


def is_of_the_sender(error: BaseException) -> bool:
    """Whether the fault lies in the request and not in the service."""
    return isinstance(error, errors.ParseException) and not isinstance(error, _OURS)


def refusal(error: BaseException, headers: dict[str, str]) -> bytes:
    """The whole answer, an OperationOutcome with these headers; it contains nothing from the request."""
    status, code, text = _KNOWN.get(type(error), _NO_HTTP if is_of_the_sender(error) else _DEFECT)
    body = outcome(status, text, code)
    stated = {"Content-Type": str(body.mimetype), "Content-Length": str(body.content_length), "Connection": "close"}
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in (stated | headers).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body.get_data()
