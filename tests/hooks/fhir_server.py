"""A FHIR server on loopback with answers set by the test, for failures that a real server does not produce."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """One answer; `body` is a value to send as JSON, or bytes to send unchanged."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    cut: int | None = None


@dataclass
class Call:
    """One received request; `target`: the path and query of its address, as they were sent."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    method: str = "GET"
    target: str = ""

    @property
    def kind(self) -> str:
        """The resource type."""
        return self.path.removeprefix("/fhir/").split("/")[0]


Rule = Callable[[Call], Answer]


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's rule and records the calls."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, method: str, parameters: str) -> None:
        path = urlsplit(self.path).path
        call = Call(path, parse_qs(parameters), dict(self.headers.items()), method, self.path)
        self.server.calls.append(call)
        answer = self.server.rule(call)
        time.sleep(answer.delay)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/fhir+json"} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body[: answer.cut])
            if answer.cut is not None:
                self.close_connection = True
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """The server with its rule and the calls so far."""

    daemon_threads = True
    request_queue_size = 128
    rule: Rule
    calls: list[Call]
    # Replaced if the server uses TLS (tests/hooks/tls.py).
    origin = "http://127.0.0.1"

    @property
    def base(self) -> str:
        """The base URL."""
        return f"{self.origin}:{self.server_address[1]}/fhir"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def asked(self, kind: str) -> list[Call]:
        """The calls for a resource type."""
        return [call for call in self.calls if call.kind == kind]


@contextmanager
def serving(rule: Rule) -> Iterator[Server]:
    """A server on a free port that stops at the end of the block."""
    server = Server(("127.0.0.1", 0), Handler)
    server.rule, server.calls = rule, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
