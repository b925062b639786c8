"""An EHR that calls the started service over HTTP."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.builders import alert, axi_cel, bundle, hook_request, ice
from tests.hooks.ehr import SERVICE, claims, clients_file, jwk, key_set, signed
from tests.parts import ROOT

TIMEOUT = 30
# The key for RS384, besides the one for ES384.
SECOND = "two"
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("ICANS_")}


@dataclass
class Ehr:
    """An EHR and the service that it calls; `signs`: every call has its own token."""

    base: str
    signs: bool
    log: Path
    process: subprocess.Popen[bytes]
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **headers: str) -> requests.Response:
        """Send a GET request."""
        return self.session.get(f"{self.base}{path}", headers=self.headers(path) | headers, timeout=TIMEOUT)

    def post(self, body: Any, path: str = SERVICE, **headers: str) -> requests.Response:
        """POST a value as JSON, or bytes unchanged."""
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        stated = {"Content-Type": "application/json"} | self.headers(path) | headers
        return self.session.post(f"{self.base}{path}", headers=stated, timeout=TIMEOUT, **sent)

    def call(self, fetched: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The answer to a patient-view call, which must succeed."""
        return self.answer(hook_request(fetched, **more))

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call at the service for its hook; the call must succeed."""
        response = self.post(body, f"/cds-services/icans-{body['hook']}")
        assert 200 == response.status_code, response.text
        return response.json()

    def headers(self, path: str) -> dict[str, str]:
        """The headers that identify the caller."""
        if not self.signs:
            return {}
        return {"Authorization": signed(claims(path, now=datetime.now(UTC), aud=f"{self.base}{path}"))}

    def said(self) -> str:
        """Everything that the service has logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def record(score: int) -> dict[str, Any]:
    """The record of a patient after axi-cel with a current ICE score."""
    now = datetime.now(UTC)
    return {"neuro": bundle(ice(score, now=now), alert(now=now)), "therapy": bundle(axi_cel(now=now))}


@contextmanager
def demo(folder: Path, fhir: str, *options: str) -> Iterator[Ehr]:
    """The service in demo mode."""
    with _started(folder, "--demo", "--port", "0", "--fhir-server", fhir, *options) as (process, log, base):
        yield Ehr(base, signs=False, log=log, process=process)


@contextmanager
def signing(folder: Path, fhir: str, *options: str) -> Iterator[Ehr]:
    """The service with one client, which signs its calls."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clients, public = clients_file(folder, fhir_servers=[fhir]), f"http://127.0.0.1:{port}"
    (folder / "jwks.json").write_text(json.dumps(key_set(jwk(), jwk("RS384", SECOND))))
    given = ("--clients", str(clients), "--public-url", public, "--store", str(folder / "store.sqlite"))
    with _started(folder, *given, "--port", str(port), *options) as (process, log, base):
        yield Ehr(base, signs=True, log=log, process=process)


@contextmanager
def _started(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Path, str]]:
    """The service as a user starts it; its output goes to a file."""
    log = folder / "service.log"
    command = [sys.executable, "-u", "-m", "cds_service", "serve", "--deadline-seconds", "1", *options]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env=ENVIRONMENT) as process,
    ):
        try:
            yield process, log, _address(process, log)
        finally:
            process.terminate()
            process.wait(TIMEOUT)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(TIMEOUT * 20):
        found = re.search(r" at (http://[\d.]+:\d+)", log.read_text())
        if found:
            return found[1]
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(log.read_text())
