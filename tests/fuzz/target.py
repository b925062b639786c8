"""The service as the fuzzers call it, in this process without a network, and the answers that it must never give."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import msgspec
from flask import Flask

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.fuzz.corpus import NOBODY
from tests.fuzz.tokens import clients
from tests.hooks.ehr import PUBLIC_URL

# The time limit of a call, plus what a running step and a busy machine may add before it counts as a hang.
CALL_SECONDS, ALLOWANCE_SECONDS = 2.0, 1.0
HANG_SECONDS = CALL_SECONDS + ALLOWANCE_SECONDS
_SERVER_ERROR, SHOWN_OF_ERROR = 500, 300
# The largest error, in bytes: the sender of a request must not be able to inflate it.
LARGEST_ERROR = 16 * 1024
_COMMON: dict[str, Any] = {"deadline_seconds": 0.2, "call_seconds": CALL_SECONDS, "decision_log": os.devnull}


class Answer(NamedTuple):
    """A status and a body."""

    status: int
    body: bytes


class Wrong(AssertionError):  # noqa: N818  (says what an answer is)
    """An answer that must never be given; the text says why."""


class Hang(BaseException):
    """A call that does not end in time."""


def service(*servers: str, store: str = "") -> Flask:
    """The service in demo mode with a short deadline for searches; `servers`: more FHIR servers that it may call."""
    return create_app(Settings(demo=True, fhir_server=(NOBODY, *servers), store=store, **_COMMON))


def signed_service(folder: Path) -> Flask:
    """The service with a client that signs its calls and has a FHIR server."""
    known = {"clients": str(clients(folder)), "public_url": PUBLIC_URL, "store": str(folder / "store.sqlite")}
    return create_app(Settings(**known, **_COMMON))


def call(app: Flask, path: str, body: bytes, authorization: str | None = None) -> Answer:
    """Send one POST through WSGI."""
    status: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    chunks = app.wsgi_app(environ, lambda line, *_: status.append(line))
    answer = Answer(int(status[0][:3]), b"".join(chunks))
    chunks.close()
    return answer


def judge(answer: Answer) -> None:
    """Raise Wrong for a defect, for an answer that is not JSON, and for an error without a reason."""
    if answer.status >= _SERVER_ERROR:
        raise Wrong(f"status {answer.status}: {answer.body[:SHOWN_OF_ERROR]!r}")
    try:
        told = msgspec.json.decode(answer.body)
    except msgspec.DecodeError as error:
        raise Wrong("the answer is not JSON") from error
    if answer.status == 200 and not ("cards" in told or "received" in told):
        raise Wrong("success without cards and without a receipt")
    if answer.status != 200 and len(answer.body) > LARGEST_ERROR:
        raise Wrong(f"an error of {len(answer.body)} bytes")
    if answer.status != 200 and (told.get("resourceType"), "cards" in told) != ("OperationOutcome", False):
        raise Wrong("an error without an OperationOutcome")


def alarm(seconds: float) -> None:
    """Raise Hang after so many seconds; 0 cancels it."""
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _ring(number: int, frame: FrameType | None) -> None:
    raise Hang
