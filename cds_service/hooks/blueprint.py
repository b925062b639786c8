"""The routes of CDS Hooks, and the one place where errors become responses."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from cds_service.adapters.clients import Client
from cds_service.errors import (
    NoSuchServiceError,
    NotAllowedError,
    NotAuthenticatedError,
    RefusedError,
    SomeFeedbackRefusedError,
)
from cds_service.hooks import SERVICES
from cds_service.hooks.feedback import read_feedback
from cds_service.hooks.log_line import failed
from cds_service.hooks.schemas import read_hook_request
from cds_service.hooks.service import Wiring
from cds_service.hooks.spec import HookSpec
from cds_service.server.call_time import CallTime
from cds_service.server.headers import KNOWLEDGE_VERSION
from cds_service.server.refusals import outcome, outcome_of

log = logging.getLogger(__name__)
WIRING = "icans-wiring"
# Helpful texts for HTTP errors of requests that never reach a service.
HINTS = {
    HTTPStatus.NOT_FOUND: "Not found. Services are listed at /cds-services; a call goes to /cds-services/{id}.",
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "Wrong method: discovery is GET /cds-services, a call is POST /cds-services/{id}, "
        "feedback is POST /cds-services/{id}/feedback."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this service accepts (setting ICANS_BODY_LIMIT_MB).",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "The body must be JSON: send Content-Type: application/json and no Content-Encoding."
    ),
}
# The same call may succeed in a moment.
TRY_AGAIN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
ISSUE_CODES = {
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
}

blueprint = Blueprint("cds_services", __name__, url_prefix="/cds-services")


@blueprint.before_request
def identify() -> None:
    """Identify the caller before anything else of a request is read. A CORS preflight carries no token (hooks:X1)."""
    open_to_all = request.endpoint == f"{blueprint.name}.{discovery.__name__}" and _wiring().open_discovery
    if request.method != "OPTIONS" and not open_to_all:
        g.client = _wiring().callers.identify(request.headers.get("Authorization"), request.path)
        g.record.asked_by(g.client.name)


@blueprint.get("")
def discovery() -> Response:
    """The available services; if the client is authenticated, those that it may call."""
    client: Client | None = g.get("client")
    mine = [service for name, service in SERVICES.items() if client is None or client.may_call(name)]
    requirements = _wiring().asked_of(client)
    return json_response({"services": [service.described(requirements) for service in mine]})


@blueprint.post("/<service_id>")
def call(service_id: str) -> Response:
    """One hook call."""
    service, wiring, record = _service(service_id), _wiring(), g.record
    allowed = CallTime.of(wiring.call_seconds)
    with wiring.concurrency.slot(g.client.name):
        body = wiring.bodies.read(request, allowed)
        hook_request = read_hook_request(body, service, wiring.draft_limit)
        record.stage("read")
        allowed.check()
        decision = wiring.decide(hook_request, service, g.client, allowed)
        record.decided(decision)
        allowed.check()
        delivered = wiring.delivery.deliver(decision, hook_request, g.client)
        record.delivered(delivered)
        return json_response(delivered.response)


@blueprint.post("/<service_id>/feedback")
def feedback(service_id: str) -> Response:
    """What clinicians did with the cards of a service; acknowledged once stored (hooks:B1)."""
    _, wiring = _service(service_id), _wiring()
    allowed = CallTime.of(wiring.call_seconds)
    with wiring.concurrency.slot(g.client.name):
        reading = read_feedback(wiring.bodies.read(request, allowed), allowed.check)
        allowed.check()
        receipt = wiring.delivery.store.add(reading.entries, g.client.name, service_id, wiring.now())
    g.record.received(receipt, reading.refused)
    if reading.refused:
        raise SomeFeedbackRefusedError(reading.wrong, receipt.received)
    return json_response(
        {"received": receipt.received, "new": receipt.new, "unknownCards": receipt.unknown_cards},
    )


def json_response(body: Any, status: int = HTTPStatus.OK) -> Response:
    """A body as JSON, with the fingerprint of the tables on which it is based."""
    response = Response(msgspec.json.encode(body), status, mimetype="application/json")
    response.headers[KNOWLEDGE_VERSION] = _wiring().decider.knowledge
    return response


def register_errors(app: Flask) -> None:
    """Turn every error into an OperationOutcome; never into a response without cards."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: RefusedError) -> Response:
    failed(error.code)
    answer = outcome_of(*error.issues, status=error.status)
    if error.status in TRY_AGAIN:
        answer.headers["Retry-After"] = "1"
    if isinstance(error, NotAuthenticatedError):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _http_error(error: HTTPException) -> Response:
    failed("http")
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = outcome(status, HINTS.get(status, status.phrase), ISSUE_CODES.get(status, "processing"))
    allowed = dict(error.get_headers()).get("Allow")
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _unexpected(error: Exception) -> Response:
    """Log the type and place of a defect, but not its message, which may contain patient data."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else "?"
    failed("exception")
    log.error("unexpected %s in %s", type(error).__name__, place)
    return outcome(HTTPStatus.INTERNAL_SERVER_ERROR, "An unexpected error occurred.", "exception")


def _service(service_id: str) -> HookSpec:
    """A service that the caller may call. Raises NoSuchServiceError or NotAllowedError."""
    service = SERVICES.get(service_id)
    if service is None:
        raise NoSuchServiceError(f"No such service. Known services: {', '.join(SERVICES)}.")
    g.record.asked_of(service_id)
    if not g.client.may_call(service_id):
        raise NotAllowedError("This client may not call this service.")
    return service


def _wiring() -> Wiring:
    wiring: Wiring = current_app.extensions[WIRING]
    return wiring
