"""The answers to what never reaches the application: broken HTTP, and heads that do not end."""

from __future__ import annotations

from http import HTTPStatus

from gunicorn.http import errors

from cds_service.server.outcome import outcome

# The application's own fault, though gunicorn counts them among what was sent.
_OURS: tuple[type[errors.ParseException], ...] = (
    errors.InvalidResponseHeader,  # type: ignore[attr-defined]  # stubs of an older version
    errors.InvalidResponseHeaderName,  # type: ignore[attr-defined]
    errors.ConfigurationProblem,
)


class LateHeadError(errors.ParseException):
    """The head of a request did not arrive in time."""


# Status, code of the OperationOutcome, what to say; anything else that was sent is no HTTP.
_KNOWN: dict[type[BaseException], tuple[HTTPStatus, str, str]] = {
    LateHeadError: (
        HTTPStatus.REQUEST_TIMEOUT,
        "timeout",
        "The headers did not arrive in time (setting ICANS_HEADER_SECONDS).",
    ),
    errors.LimitRequestLine: (HTTPStatus.REQUEST_URI_TOO_LONG, "too-long", "The address is too long."),
    errors.LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "too-long",
        "There are too many headers, or they are too long.",
    ),
    errors.ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "not-supported",
        "The only supported expectation is 100-continue.",
    ),
    errors.UnsupportedTransferCoding: (HTTPStatus.NOT_IMPLEMENTED, "not-supported", "Unsupported transfer coding."),
}
_NO_HTTP = (HTTPStatus.BAD_REQUEST, "structure", "This is not HTTP/1.1.")
_DEFECT = (HTTPStatus.INTERNAL_SERVER_ERROR, "exception", "An unexpected error occurred.")


def is_of_the_sender(error: BaseException) -> bool:
    """Whether what was sent is wrong, and not the service."""
    return isinstance(error, errors.ParseException) and not isinstance(error, _OURS)


def refusal(error: BaseException, headers: dict[str, str]) -> bytes:
    """The whole answer, an OperationOutcome with these headers; nothing of what was sent is in it."""
    status, code, text = _KNOWN.get(type(error), _NO_HTTP if is_of_the_sender(error) else _DEFECT)
    body = outcome(status, text, code)
    stated = {"Content-Type": str(body.mimetype), "Content-Length": str(body.content_length), "Connection": "close"}
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in (stated | headers).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body.get_data()
