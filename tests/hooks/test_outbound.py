"""Outgoing calls: to which servers, with which headers, and how much is read (hooks:F1-F4, hooks:T5)."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cds_service.adapters.jwks import JwksError, source_of
from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, observation, patient
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import PUBLIC_URL, SERVICE, clients_file, key_set, token
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_prefetch import gaps
from tests.hooks.tls import certificate_for

ACCESS = {"access_token": "t0ken", "token_type": "Bearer"}
SCORES = "ice-total"


def record(call: Call) -> Answer:
    """A server with only this record."""
    if call.kind == "Patient":
        return Answer(patient())
    if call.kind == "Observation":
        return Answer(bundle(ice(5), alert()) if SCORES in call.query.get("code", [""])[0] else bundle())
    return Answer(bundle(axi_cel()) if call.kind == "MedicationAdministration" else bundle())


def ask(folder: Path, base: str, **settings: Any) -> dict[str, Any]:
    """The answer for a client whose only FHIR server is this one; with http, the service is a demo."""
    stated = {"clients": str(clients_file(folder, fhir_servers=[base])), "public_url": PUBLIC_URL}
    stated |= {"store": str(folder / "store.sqlite"), "demo": base.startswith("http:")}
    client = create_app(Settings(**stated | settings), now=lambda: NOW).test_client()
    body = hook_request(fhirServer=base, fhirAuthorization=ACCESS)
    response = client.post(SERVICE, json=body, headers=token())
    assert 200 == response.status_code, response.text
    return response.get_json()


# --- certificates ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("hooks:T5")
def test_a_certificate_authority_of_the_site_is_trusted(tmp_path: Path) -> None:
    trusted = certificate_for("localhost", tmp_path)
    with serving(record) as server:
        answer = ask(tmp_path, trusted.secure(server), ca_file=str(trusted.certificate), deadline_seconds=5)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert {"Bearer t0ken"} == {call.headers["Authorization"] for call in server.calls}


@pytest.mark.requirement("hooks:F4")
@pytest.mark.requirement("hooks:T5")
def test_a_name_that_resolves_to_another_server_gets_no_token(tmp_path: Path) -> None:
    """DNS rebinding: the name is listed, but the server has no certificate for it."""
    other = certificate_for("other.example", tmp_path)
    with serving(record) as server:
        answer = ask(tmp_path, other.secure(server), ca_file=str(other.certificate), deadline_seconds=5)

    assert ("patient", "server-unavailable") in gaps(answer)
    assert [] == server.calls


@pytest.mark.requirement("hooks:F4")
def test_an_untrusted_certificate_gets_no_token(tmp_path: Path) -> None:
    with serving(record) as server:
        answer = ask(tmp_path, certificate_for("localhost", tmp_path).secure(server), deadline_seconds=5)

    assert ("patient", "server-unavailable") in gaps(answer)
    assert [] == server.calls


def test_keys_come_only_from_a_server_with_the_right_certificate(tmp_path: Path) -> None:
    right, wrong = certificate_for("localhost", tmp_path), certificate_for("other.example", tmp_path)
    with serving(lambda _: Answer(key_set())) as server:
        url = right.secure(server)
        assert source_of(f"{url}/jwks.json", str(right.certificate))()
        for authorities in (str(wrong.certificate), None):
            with pytest.raises(JwksError, match="SSLError"):
                source_of(f"{url}/jwks.json", authorities)()


def test_proxies_from_the_environment_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _: Answer(bundle())) as proxy, serving(record) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base)
        monkeypatch.setenv("NO_PROXY", "")
        answer = ask(tmp_path, server.base)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert [] == proxy.calls


# --- redirects and next links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.requirement("hooks:F4")
def test_a_redirect_is_never_followed(client: Client, status: int) -> None:
    with serving(record) as elsewhere:

        def moved(call: Call) -> Answer:
            place = f"{elsewhere.base}/Observation" if len(call.path) % 2 else "/fhir/moved"
            return Answer(b"", status, {"Location": place}) if call.kind == "Observation" else record(call)

        with serving(moved) as server:
            client.call(fhirServer=server.base, fhirAuthorization=ACCESS)

    assert [] == elsewhere.calls
    assert [] == server.asked("moved")


@pytest.mark.parametrize(
    "link",
    [
        "{other}/Observation?page=1",
        "//{host_of_other}/fhir/Observation?page=1",
        "/admin?page=1",
        "{base}/../admin?page=1",
        "../admin?page=1",
        "{base}/%2e%2e/admin?page=1",
        "{base}/..%2fadmin?page=1",
        "{base}x/Observation?page=1",
        "http://user@{host}/fhir/Observation?page=1",
        "http://{host}\\@{host_of_other}/fhir/Observation?page=1",
        "https://{host}/fhir/Observation?page=1",
        "file:///etc/passwd",
        "http://[",
        "javascript:alert(1)",
    ],
)
@pytest.mark.requirement("hooks:F4")
@pytest.mark.requirement("hooks:P6")
def test_a_next_link_is_followed_only_on_the_same_server(client: Client, link: str) -> None:
    with serving(record) as other:

        def linking(call: Call) -> Answer:
            answer = record(call)
            if call.kind == "Observation" and SCORES in call.query.get("code", [""])[0]:
                url = link.format(base=server.base, other=other.base, host=server.host, host_of_other=other.host)
                answer.body["link"] = [{"relation": "next", "url": url}]
            return answer

        with serving(linking) as server:
            answer = client.call(fhirServer=server.base, fhirAuthorization=ACCESS)

    assert ("scores", "truncated") in gaps(answer)
    assert 2 == evaluation(answer)["icans"]["grade"]
    assert [] == other.calls
    assert not [call for call in server.calls if "page" in call.query]


# --- sizes ----------------------------------------------------------------------------------------------------


def with_scores(answer: Any) -> Any:
    """The record, with this answer for the scores."""

    def rule(call: Call) -> Answer:
        hit = call.kind == "Observation" and (SCORES in call.query.get("code", [""])[0] or "page" in call.query)
        return (answer(call) if callable(answer) else answer) if hit else record(call)

    return rule


FAT = bundle(ice(5), alert(), observation("ice-naming", note=[{"text": "x" * 1_500_000}]))


def test_answers_up_to_the_limit_are_read(tmp_path: Path) -> None:
    with serving(with_scores(Answer(FAT))) as server:
        assert 2 == evaluation(ask(tmp_path, server.base, answer_limit_mb=2))["icans"]["grade"]


def test_answers_beyond_the_limit_are_not(tmp_path: Path) -> None:
    with serving(with_scores(Answer(FAT))) as server:
        answer = ask(tmp_path, server.base, answer_limit_mb=1)

    assert "ICANS could not be assessed" in answer["cards"][0]["summary"]
    assert ("scores", "server-unavailable") in gaps(answer)


def test_the_limit_applies_to_the_decompressed_size(tmp_path: Path) -> None:
    bomb = gzip.compress(json.dumps(bundle(ice(9, note=[{"text": "x" * 50_000_000}]))).encode())
    assert len(bomb) < 100_000
    packed = Answer(bomb, headers={"Content-Encoding": "gzip"})
    with serving(with_scores(packed)) as server:
        answer = ask(tmp_path, server.base, answer_limit_mb=10, deadline_seconds=10)

    assert ("scores", "server-unavailable") in gaps(answer)


def pages(call: Call) -> Answer:
    """Endless pages with two entries each."""
    number = int(call.query.get("page", ["0"])[0])
    link = [{"relation": "next", "url": f"Observation?page={number + 1}"}]
    return Answer(bundle(ice(5, number + 1), alert(number + 1), link=link))


def test_no_page_is_fetched_beyond_the_limit_of_entries(tmp_path: Path) -> None:
    with serving(with_scores(pages)) as server:
        answer = ask(tmp_path, server.base, entry_limit=10, deadline_seconds=10)

    assert ("scores", "truncated") in gaps(answer)
    assert 2 == evaluation(answer)["icans"]["grade"]
    assert 6 == len([call for call in server.asked("Observation") if "page" in call.query]) + 1


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends a byte now and then, endlessly."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n\r\n{")
                while True:
                    time.sleep(0.1)
                    connection.sendall(b" ")
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/fhir"
    finally:
        listener.close()


def test_a_slowly_sending_server_does_not_delay_a_call_beyond_its_deadline(client: Client) -> None:
    with dripping() as base:
        begun = time.monotonic()
        answer = client.call(fhirServer=base)

    assert time.monotonic() - begun < 3
    assert ("patient", "server-unavailable") in gaps(answer)


def test_a_slowly_sending_key_server_does_not_hold_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_service.adapters.jwks.SECONDS", 0.5)
    with dripping() as base:
        begun = time.monotonic()
        with pytest.raises(JwksError, match="TooLateError"):
            source_of(f"{base}/jwks.json", None)()

    assert time.monotonic() - begun < 2
