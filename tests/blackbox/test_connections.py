"""Connections that fail below HTTP: slow, broken off, or no HTTP at all."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from typing import Any

import pytest

from cds_service.server.headers import ALWAYS
from tests.blackbox.ehr import Ehr, demo
from tests.builders import hook_request, prefetch
from tests.hooks.ehr import SERVICE

SECRET = "Quackenbush"
THREADS = 4
CROWD = 5 * THREADS
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
# Much less than any timeout in the service.
AT_ONCE = 2.0


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ehr]:
    """A service with few threads that waits three seconds for headers and one for a body."""
    limits = ("--header-seconds", "3", "--body-seconds", "1", "--threads", str(THREADS))
    with demo(tmp_path_factory.mktemp("impatient"), "http://127.0.0.1:9/fhir", *limits) as ehr:
        yield ehr


def connected(ehr: Ehr, receive: int | None = None) -> socket.socket:
    """A connection; `receive`: the size of the operating system's receive buffer."""
    host, port = ehr.base.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.settimeout(20)
    if receive:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.connect((host, int(port)))
    return connection


def rest(connection: socket.socket) -> bytes:
    """Everything received until the service closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(connection: socket.socket) -> int:
    """The status of one answer, which is read to its end."""
    response = HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


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


def test_a_body_that_arrives_byte_by_byte_too_slowly_is_408(impatient: Ehr) -> None:
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
    slow = [connected(impatient) for _ in range(2 * THREADS)]
    for connection in slow:
        connection.sendall(head(1000))

    assert seconds_of_a_call(impatient) < AT_ONCE
    assert [] == answer_with_retries(impatient)["cards"]
    for connection in slow:
        connection.close()


def answer_with_retries(ehr: Ehr) -> dict[str, Any]:
    """The answer to a call that is repeated as long as the service answers that it is busy."""
    for _ in range(10):
        response = ehr.post(hook_request(prefetch()))
        if response.status_code != 429:
            break
        time.sleep(int(response.headers["Retry-After"]))
    assert 200 == response.status_code, response.text
    return dict(response.json())


def test_missing_bodies_leave_threads_free_for_health_checks(impatient: Ehr) -> None:
    with crowd(impatient, head(1000)) as connections:
        assert seconds_of_a_call(impatient) < AT_ONCE
        answers = [connection.recv(65536) for connection in connections]

    refused_at_once = [answer for answer in answers if answer.startswith(b"HTTP/1.1 429 ")]
    assert CROWD - THREADS + 1 <= len(refused_at_once)
    assert all(b"Retry-After: 1\r\n" in answer for answer in refused_at_once)


# --- incomplete headers ----------------------------------------------------------------------------------------


@contextmanager
def crowd(ehr: Ehr, sent: bytes, **options: Any) -> Iterator[list[socket.socket]]:
    """More connections than there are threads, each of which has sent only this."""
    connections = [connected(ehr, **options) for _ in range(CROWD)]
    for connection in connections:
        connection.sendall(sent)
    time.sleep(0.1)
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def seconds_of_a_call(ehr: Ehr) -> float:
    begun = time.monotonic()
    with connected(ehr) as connection:
        connection.sendall(LIVE)
        assert 200 == status_of(connection)
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", LIVE[:-2], b"\r\n", b"\r\n\r\n", head(10)[:-1]],
    ids=["nothing", "one", "most", "1", "2", "post"],
)
def test_incomplete_headers_hold_no_thread(impatient: Ehr, sent: bytes) -> None:
    with crowd(impatient, sent):
        assert seconds_of_a_call(impatient) < AT_ONCE


def test_headers_that_arrive_too_slowly_are_408(impatient: Ehr) -> None:
    begun = time.monotonic()
    with crowd(impatient, LIVE[:-2]) as connections:
        while time.monotonic() - begun < 4.5:
            for connection in connections:
                with suppress(OSError):
                    connection.sendall(b"X")
            assert seconds_of_a_call(impatient) < AT_ONCE
        answers = [connection.recv(65536) for connection in connections]

    assert {b"HTTP/1.1 408 Request Timeout"} == {answer.partition(b"\r\n")[0] for answer in answers}
    assert all(b"ICANS_HEADER_SECONDS" in answer for answer in answers)


def test_a_silent_connection_is_closed_without_an_answer(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        begun = time.monotonic()
        assert b"" == rest(connection)

    assert 2.9 < time.monotonic() - begun < 9


def test_too_many_headers_are_431(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        connection.sendall(LIVE[:-2] + b"".join(b"X-%d: %s\r\n" % (number, b"x" * 4000) for number in range(9)))
        assert rest(connection).startswith(b"HTTP/1.1 431 ")


def test_the_missing_body_of_a_refused_call_holds_no_thread(impatient: Ehr) -> None:
    with crowd(impatient, head(1000, "/cds-services/nothing")):
        assert seconds_of_a_call(impatient) < AT_ONCE


def test_a_client_that_does_not_close_the_connection_holds_no_thread(impatient: Ehr) -> None:
    with crowd(impatient, LIVE.replace(b"Host", b"Connection: close\r\nHost")):
        assert seconds_of_a_call(impatient) < AT_ONCE


def test_a_client_that_does_not_read_the_answer_holds_no_thread(impatient: Ehr) -> None:
    with crowd(impatient, LIVE.replace(b"/health/live", b"/openapi.json"), receive=2048):
        assert seconds_of_a_call(impatient) < AT_ONCE


# --- how the bytes of a request may arrive ---------------------------------------------------------------------


def test_a_request_may_arrive_byte_by_byte(impatient: Ehr) -> None:
    body = json.dumps(hook_request(prefetch())).encode()
    with connected(impatient) as connection:
        for byte in head(len(body)):
            connection.sendall(bytes([byte]))
        connection.sendall(body[:10])
        time.sleep(0.1)
        connection.sendall(body[10:])
        assert 200 == status_of(connection)


def test_several_requests_may_arrive_at_once(impatient: Ehr) -> None:
    body = json.dumps(hook_request(prefetch())).encode()
    with connected(impatient) as connection:
        connection.sendall((head(len(body)) + body) * 3 + LIVE.replace(b"Host", b"Connection: close\r\nHost"))
        assert 4 == rest(connection).count(b"HTTP/1.1 200 ")


def test_the_head_of_the_next_request_may_arrive_in_two_parts(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        connection.sendall(LIVE + LIVE[:9])
        assert 200 == status_of(connection)
        assert seconds_of_a_call(impatient) < AT_ONCE
        connection.sendall(LIVE[9:])
        assert 200 == status_of(connection)


def test_a_connection_serves_one_call_after_the_other(impatient: Ehr) -> None:
    with connected(impatient) as connection:
        for _ in range(5):
            connection.sendall(LIVE)
            assert 200 == status_of(connection)
            time.sleep(0.05)


def test_a_client_that_expects_100_continue_is_asked_for_the_body(impatient: Ehr) -> None:
    body = json.dumps(hook_request(prefetch())).encode()
    with connected(impatient) as connection:
        connection.sendall(head(len(body)).replace(b"Host", b"Expect: 100-continue\r\nHost"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert 200 == status_of(connection)


# --- not HTTP --------------------------------------------------------------------------------------------------


def refused_as_usual(answer: bytes) -> None:
    """Assert that an answer has the headers and the form of the application's own errors."""
    stated, _, body = answer.partition(b"\r\n\r\n")

    assert {f"{name}: {value}" for name, value in ALWAYS.items()} <= set(stated.decode().split("\r\n"))
    assert "OperationOutcome" == json.loads(body)["resourceType"]


@pytest.mark.requirement("hooks:R6")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (LIVE[:-2] + b"X: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (LIVE[:-2] + b"".join(b"X-%d: x\r\n" % number for number in range(100)) + b"\r\n", 431),
        (LIVE.replace(b"live", b"l" * 5000), 414),
        (LIVE.replace(b"1.1", b"3.0"), 400),
        (b"\x16\x03\x01\x00\xa5\r\n\r\n", 400),
        (head(5).replace(b"Host", b"Transfer-Encoding: chunked\r\nHost"), 400),
        (head(5).replace(b"Host", b"Content-Length: 6\r\nHost"), 400),
        (head(5).replace(b"Content-Length: 5", b"Transfer-Encoding: rot13"), 501),
        (head(5).replace(b"Host", b"Expect: tea\r\nHost"), 417),
    ],
    ids=["field", "fields", "line", "version", "tls", "two-lengths", "lengths", "coding", "expectation"],
)
def test_broken_http_is_refused_like_everything_else(impatient: Ehr, sent: bytes, status: int) -> None:
    with connected(impatient) as connection:
        connection.sendall(sent)
        answer = rest(connection)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    refused_as_usual(answer)


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
@pytest.mark.requirement("hooks:R6")
def test_what_is_not_http_is_refused_and_not_logged(impatient: Ehr, sent: str) -> None:
    with connected(impatient) as connection:
        connection.sendall(sent.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = rest(connection)

    assert re.match(b"HTTP/1.1 (400|414) ", answer)
    refused_as_usual(answer)
    assert SECRET.encode() not in answer
    assert SECRET not in impatient.said()
    assert "Traceback" not in impatient.said()
