"""Connections that go wrong below HTTP: slow, torn, or no HTTP at all."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.blackbox.ehr import Ehr, demo
from tests.builders import prefetch
from tests.hooks.ehr import SERVICE

SECRET = "Quackenbush"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ehr]:
    """A service that waits a second for a body."""
    with demo(tmp_path_factory.mktemp("impatient"), "http://127.0.0.1:9/fhir", "--body-seconds", "1") as ehr:
        yield ehr


def connected(ehr: Ehr) -> socket.socket:
    host, port = ehr.base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """All until the service closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def head(length: int, path: str = SERVICE) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_body_that_stops_is_408(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        begun = time.monotonic()
        connection.sendall(head(1000) + b'{"hook"')
        answer = rest(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"ICANS_BODY_SECONDS" in answer
    assert time.monotonic() - begun < 10


def test_a_body_that_comes_drop_by_drop_is_408(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        connection.sendall(head(1000))
        connection.settimeout(0.1)
        answer = b""
        for _ in range(100):
            try:
                connection.sendall(b" ")
                answer = connection.recv(65536)
                break
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_slow_senders_do_not_keep_others_out(impatient: Ehr) -> None:
    slow = [connected(impatient) for _ in range(40)]
    for connection in slow:
        connection.sendall(head(1000))

    assert [] == impatient.call(prefetch())["cards"]
    for connection in slow:
        connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        f"GET /{SECRET} {SECRET}\r\n\r\n",
        f"G\x00T /fhir/Patient?name={SECRET} HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\nAuthorization {SECRET}\r\n\r\n",
        f"GET / HTTP/1.1\r\nX-{SECRET}\x01: a\r\n\r\n",
        f"POST {SERVICE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
        f"POST {SERVICE}?{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n",
        f"GET /{SECRET * 2000} HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
@pytest.mark.requirement("hooks:F2")
def test_what_is_no_http_is_refused_and_not_written_down(impatient: Ehr, sent: str) -> None:
    with connected(impatient) as connection:
        connection.sendall(sent.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = rest(connection)

    assert answer.startswith(b"HTTP/1.1 4")
    assert SECRET not in impatient.said()
    assert "Traceback" not in impatient.said()
