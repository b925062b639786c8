"""The started service and an EHR that signs its calls, over real HTTP: key rotation, replays, restarts, kills."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.builders import bundle, hook_request, ice, patient, prefetch
from tests.cli.test_serve import COMMAND, address, serving
from tests.hooks import fhir_server
from tests.hooks.ehr import PUBLIC_URL, SERVICE, claims, clients_file, jwk, key_set, signed
from tests.hooks.fhir_server import Answer, Call
from tests.hooks.tls import certificate_for

CALL = hook_request(prefetch(neuro=bundle(ice(9))))


@dataclass
class Ehr:
    """An EHR whose key set and FHIR server share a port, a clients file that trusts it, and a store."""

    folder: Path
    server: fhir_server.Server | None = None
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk()])
    down: bool = False

    def answer(self, call: Call) -> Answer:
        if call.kind == "jwks.json":
            return Answer(key_set(*self.keys), 503 if self.down else 200)
        return Answer(patient() if call.kind == "Patient" else bundle())

    def register(self) -> None:
        assert self.server is not None
        base = self.server.base
        clients_file(self.folder, jwks_file=None, jwks_url=f"{base}/jwks.json", fhir_servers=[base])

    @contextmanager
    def service(self, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """The service that trusts this EHR."""
        stated = ["--clients", str(self.folder / "clients.toml"), "--public-url", PUBLIC_URL]
        stated += ["--ca-file", str(self.folder / "localhost.pem")]
        with serving(*stated, "--store", str(self.folder / "store.sqlite"), *options) as (process, line):
            yield process, address(line)


@contextmanager
def ehr_at(folder: Path) -> Iterator[Ehr]:
    """An EHR with its servers running."""
    one = Ehr(folder)
    with fhir_server.serving(one.answer) as server:
        certificate_for("localhost", folder).secure(server)
        one.server = server
        one.register()
        yield one


@pytest.fixture(name="ehr")
def _ehr(tmp_path: Path) -> Iterator[Ehr]:
    with ehr_at(tmp_path) as one:
        yield one


@pytest.fixture(name="running", scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ehr, str]]:
    """An EHR and a service that trusts it, for tests that do not change them."""
    with ehr_at(tmp_path_factory.mktemp("running")) as one, one.service() as (_, service):
        yield one, service


def token(**more: Any) -> str:
    """The token of a genuine call made now."""
    return signed(claims(now=datetime.now(UTC)) | more)


def call(service: str, authorization: str | None, body: Any = CALL, path: str = SERVICE) -> int:
    """The status of the answer to a call."""
    headers = {"Authorization": authorization} if authorization else {}
    return requests.post(f"{service}{path}", json=body, headers=headers, timeout=30).status_code


@pytest.mark.requirement("hooks:J1")
@pytest.mark.requirement("hooks:J2")
def test_only_the_registered_ehr_can_call_with_prefetch_or_fhir(running: tuple[Ehr, str]) -> None:
    ehr, service = running
    assert ehr.server is not None
    by_fhir = hook_request(fhirServer=ehr.server.base, fhirAuthorization={"access_token": "t", "token_type": "Bearer"})

    assert [200, 200] == [call(service, token()), call(service, token(), by_fhir)]
    assert [401, 401] == [call(service, None), call(service, "Bearer x.y.z")]
    assert 401 == requests.get(f"{service}/cds-services", timeout=30).status_code
    assert 200 == requests.get(f"{service}/health/ready", timeout=30).status_code


@pytest.mark.requirement("hooks:J9")
def test_a_refusal_does_not_reveal_its_reason(running: tuple[Ehr, str]) -> None:
    (_, service), spent = running, token()
    assert 200 == call(service, spent)
    wrong = [None, "Bearer x.y.z", spent, token(aud="x"), token(exp=1), token(iss="x"), signed(claims(), "RS384")]
    headers = [{"Authorization": one} if one else {} for one in wrong]
    said = [requests.post(f"{service}{SERVICE}", json=CALL, headers=one, timeout=30) for one in headers]

    assert {401} == {one.status_code for one in said}
    assert 1 == len({one.content for one in said})
    assert 1 == len({frozenset(set(one.headers.items()) - {("Date", one.headers["Date"])}) for one in said})


@pytest.mark.requirement("hooks:J9")
def test_two_services_with_one_store_accept_a_token_once(ehr: Ehr) -> None:
    spent, contested = [token() for _ in range(10)], [token() for _ in range(5)]
    with ehr.service("--workers", "2") as (_, first), ehr.service() as (_, second), ThreadPoolExecutor(6) as pool:
        in_turn = [[call(service, one) for service in (first, second, first)] for one in spent]
        at_once = [sorted(pool.map(call, [first, second] * 3, [one] * 6)) for one in contested]

    assert [[200, 401, 401]] * 10 == in_turn
    assert [[200, 401, 401, 401, 401, 401]] * 5 == at_once


@pytest.mark.requirement("hooks:J9")
def test_a_killed_service_forgets_no_token_that_it_accepted(ehr: Ehr) -> None:
    tokens, taken = [token() for _ in range(200)], []
    command = [*COMMAND, "--port", "0", "--clients", str(ehr.folder / "clients.toml"), "--public-url", PUBLIC_URL]
    command += ["--store", str(ehr.folder / "store.sqlite"), "--workers", "2"]
    command += ["--ca-file", str(ehr.folder / "localhost.pem")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        service = address(process.stdout.readline())

        def use(one: str) -> None:
            try:
                if call(service, one) == 200:
                    taken.append(one)
            except requests.RequestException:
                return

        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(use, one) for one in tokens]
            while len(taken) < 20:
                time.sleep(0.01)
            subprocess.run(["kill", "-s", str(signal.SIGKILL.value), "--", f"-{process.pid}"], check=True)
            for one in calls:
                one.result(60)

    assert 20 <= len(taken) < 200
    with ehr.service() as (_, service):
        assert {401} == {call(service, one) for one in taken}
        assert 200 == call(service, token())


@pytest.mark.requirement("hooks:J9")
def test_keys_change_without_a_restart(ehr: Ehr) -> None:
    with ehr.service() as (_, service):
        assert 200 == call(service, token())
        ehr.keys = [jwk("RS384", "next")]
        time.sleep(5.1)
        assert 200 == call(service, signed(claims(now=datetime.now(UTC)), "RS384", "next"))
        assert 401 == call(service, token())


def test_forged_tokens_do_not_make_the_service_flood_an_ehr(running: tuple[Ehr, str]) -> None:
    ehr, service = running
    assert ehr.server is not None
    strange = [signed(claims(now=datetime.now(UTC)), kid=f"unknown-{number}") for number in range(200)]
    before, begun = len(ehr.server.asked("jwks.json")), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert {401} == set(pool.map(lambda one: call(service, one), strange))

    assert len(ehr.server.asked("jwks.json")) - before <= 1 + (time.monotonic() - begun) / 5


def test_an_outage_of_the_key_server_is_not_noticed(running: tuple[Ehr, str]) -> None:
    ehr, service = running
    assert 200 == call(service, token())
    ehr.down = True
    assert 401 == call(service, signed(claims(now=datetime.now(UTC)), kid="unknown"))
    assert 200 == call(service, token())
    ehr.down = False


def test_nothing_of_a_call_goes_to_the_log(ehr: Ehr) -> None:
    secret = claims(now=datetime.now(UTC)) | {"jti": "Secret-jti", "sub": "Secret-sub", "tenant": "Secret-tenant"}
    access = {"access_token": "Secret-access", "token_type": "Bearer", "subject": "Secret-subject"}
    context = {"userId": "Practitioner/Secret-user", "patientId": "Secret-patient"}
    with ehr.service() as (process, service):
        body = hook_request(context=context, fhirServer="https://secret.example/Secret", fhirAuthorization=access)
        good = signed(secret)
        assert [412, 401] == [call(service, good, body), call(service, good, body)]
        assert 401 == call(service, signed(secret | {"iss": "https://Secret.example"}), body)
        assert 401 == call(service, signed(secret, name="Secret-kid"), body)
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        said = process.stdout.read()

    assert 3 == said.count("a call was not authenticated"), said
    assert "replayed, client mercy" in said
    assert "secret" not in said.lower()
    assert not any(part in said for part in good.removeprefix("Bearer ").split("."))
    kept = b"".join(file.read_bytes() for file in ehr.folder.glob("store.sqlite*"))
    assert b"secret" not in kept.lower()


def test_a_body_without_a_token_is_refused_before_it_is_read(running: tuple[Ehr, str]) -> None:
    _, service = running

    assert 401 == requests.post(f"{service}{SERVICE}", data=b"x" * 15_000_000, timeout=30).status_code
    assert 200 == call(service, token())


def test_a_wrong_clients_file_is_reported_in_full_and_nothing_starts(tmp_path: Path) -> None:
    file = clients_file(tmp_path, issuer="mercy", fhir_servers=["http://ehr.example"], colour="red")
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": []}))
    done = subprocess.run([*COMMAND, "--clients", str(file)], capture_output=True, text=True, timeout=60, check=False)

    assert 2 == done.returncode
    (line,) = done.stderr.splitlines()
    assert ["colour", "issuer", "fhir_servers", "jwks_file"] == re.findall(r"client\.mercy\.(\w+): ", line)
