"""The loader for a real FHIR server: python -m cds_service.sandbox.stories.seed."""

from __future__ import annotations

import json
import runpy
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from cds_service.sandbox.stories import seed
from cds_service.sandbox.stories.seed import LoadError, load_into, main, wait_for
from tests.sandbox.people import STORIES, STORY_PRESENT


class Server:
    """Accepts transactions and gives the answers set by the test."""

    def __init__(self) -> None:
        self.taken: list[dict] = []
        self.refusal: tuple[int, str] | None = None
        self.metadata = [HTTPStatus.OK]

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.path.endswith("/metadata"):
            status = self.metadata.pop(0) if len(self.metadata) > 1 else self.metadata[0]
            return Response("{}", status)(environ, start_response)
        self.taken.append({"path": request.path, "type": request.content_type, "body": json.loads(request.data)})
        if self.refusal:
            return Response(self.refusal[1], self.refusal[0])(environ, start_response)
        return Response('{"resourceType": "Bundle"}')(environ, start_response)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def base(server: Server) -> Iterator[str]:
    made = make_server("127.0.0.1", 0, server, threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.port}/fhir"
    made.shutdown()
    thread.join()


def unused_address() -> str:
    """An address without a server."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/fhir"


def test_each_patient_is_one_transaction_with_current_times(server: Server, base: str) -> None:
    lines = list(load_into(base, STORY_PRESENT + timedelta(days=10), STORIES))

    assert ["brandt: 20 resources", "yilmaz: 2 resources", "rude: 4 resources"] == lines
    assert [("/fhir", "application/fhir+json")] * 3 == [(one["path"], one["type"]) for one in server.taken]
    first = server.taken[0]["body"]
    assert ("Bundle", "transaction") == (first["resourceType"], first["type"])
    assert {"method": "PUT", "url": "Patient/brandt"} == first["entry"][0]["request"]
    assert "https://ehr.example/fhir/Patient/brandt" == first["entry"][0]["fullUrl"]
    times = [one["resource"]["effectiveDateTime"] for one in first["entry"] if "effectiveDateTime" in one["resource"]]
    assert "2026-03-18T10:00:00+01:00" == max(times)


def test_no_proxy_is_used(server: Server, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers often have a proxy in their environment, which cannot resolve the name of another container."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, unused_address())
    wait_for(base, 0.1)
    assert 3 == len(list(load_into(base, STORY_PRESENT, STORIES)))


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (400, '{"issue": [{"diagnostics": "no such thing"}, {"code": "invalid"}]}', "400: no such thing; invalid"),
        (500, "broken" * 100, "500: brokenbroken"),
        (422, "[]", "422: []"),
        (401, "", "401: "),
        (201, "{}", "201: {}"),
    ],
)
def test_a_refusal_names_the_patient_and_the_reason(
    server: Server, base: str, status: int, text: str, said: str
) -> None:
    server.refusal = (status, text)
    with pytest.raises(LoadError) as trouble:
        list(load_into(base, STORY_PRESENT, STORIES))
    assert f"brandt: {base} answered {said}" in str(trouble.value)
    assert 1 == len(server.taken)


def test_an_unreachable_server_is_reported() -> None:
    with pytest.raises(LoadError, match=r"brandt: .* did not answer: ConnectionError"):
        list(load_into(unused_address(), STORY_PRESENT, STORIES))


def test_a_starting_server_is_waited_for(server: Server, base: str) -> None:
    server.metadata = [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.OK]
    wait_for(base, 5)

    assert [HTTPStatus.OK] == server.metadata, "it went on before the server was up"


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_wait_for_a_server_ends(slash: str) -> None:
    with pytest.raises(LoadError, match=r"is not up after 0\.1 s: ConnectionError"):
        wait_for(unused_address() + slash, 0.1)


def test_a_server_that_is_not_fhir_is_reported(server: Server, base: str) -> None:
    server.metadata = [HTTPStatus.NOT_FOUND]
    with pytest.raises(LoadError, match="/metadata answered 404"):
        wait_for(base, 0.1)


def test_the_command_prints_one_line_for_each_patient(server: Server, base: str) -> None:
    done = CliRunner().invoke(main, [base])
    assert 0 == done.exit_code
    assert len(server.taken) == len(done.output.splitlines())
    assert "resources" in done.output


def test_the_command_fails_with_a_reason() -> None:
    done = CliRunner().invoke(main, [unused_address(), "--timeout", "0.1"])
    assert 1 == done.exit_code
    assert "seed: http://127.0.0.1" in done.stderr
    assert "" == done.stdout


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["seed", "--help"])
    with pytest.raises(SystemExit) as done:
        runpy.run_path(seed.__file__, run_name="__main__")
    assert 0 == done.value.code
    assert "BASE_URL" in capsys.readouterr().out
