"""Who may call, and what each may do (section 9 of the checklist, contract.md 5)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.errors import SettingsError, StoreUnavailableError
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, hook_request, ice, patient, prefetch
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import (
    ISSUER,
    PUBLIC_URL,
    SERVICE,
    claims,
    clients_file,
    jwk,
    key_set,
    signed,
    token,
)
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.forged import encoded, unsigned, with_public_key_as_secret

Trusting = Callable[..., Client]
DISCOVERY, FEEDBACK = "/cds-services", f"{SERVICE}/feedback"
NOTHING_SAID = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "login", "diagnostics": "Not authenticated."}],
}
SECONDS = int(NOW.timestamp())
# In which a FHIR server of these tests may be http.
DEMO = {"demo": True}


@pytest.fixture(name="trusting")
def _trusting(tmp_path: Path) -> Trusting:
    """A service that trusts the EHR of these tests; keywords are keys of the clients file."""

    return partial(start, tmp_path)


def start(folder: Path, settings: dict[str, Any] | None = None, **client: Any) -> Client:
    file = clients_file(folder, **client)
    stated = {"clients": str(file), "public_url": PUBLIC_URL, "store": str(folder / "store.sqlite")}
    return Client(create_app(Settings(**stated | (settings or {})), now=lambda: NOW).test_client())


@pytest.fixture(name="mercy", scope="module")
def _mercy(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return start(tmp_path_factory.mktemp("mercy"))


@pytest.fixture(autouse=True, name="logged")
def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog


def call(client: Client, headers: dict[str, str], body: Any = None) -> TestResponse:
    return client.flask.post(SERVICE, json=body or hook_request(prefetch()), headers=headers)


def refused(response: TestResponse, logged: pytest.LogCaptureFixture, reason: str, client: str = "mercy") -> None:
    """That nobody got in, that the caller learns nothing, and that the operator learns why."""
    assert (401, NOTHING_SAID) == (response.status_code, response.get_json())
    assert "Bearer" == response.headers["WWW-Authenticate"]
    assert "X-Knowledge-Version" not in response.headers
    assert [f"a call was not authenticated: {reason}, client {client}"] == logged.messages


# --- who gets in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", DISCOVERY, None),
        ("POST", SERVICE, hook_request(prefetch())),
        ("POST", FEEDBACK, {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": NOW.isoformat()}]}),
    ],
)
@pytest.mark.requirement("hooks:J1")
@pytest.mark.requirement("hooks:J2")
@pytest.mark.requirement("hooks:J5")
@pytest.mark.requirement("hooks:B5")
def test_each_address_takes_a_token_that_is_made_out_to_it(
    mercy: Client, logged: pytest.LogCaptureFixture, method: str, path: str, body: Any
) -> None:
    assert 200 == mercy.flask.open(path, method=method, json=body, headers=token(path)).status_code
    assert [] == logged.messages
    refused(mercy.flask.open(path, method=method, json=body), logged, "no-token", "-")


@pytest.mark.requirement("hooks:J5")
def test_feedback_may_be_made_out_to_the_service(mercy: Client) -> None:
    body = {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": NOW.isoformat()}]}

    assert 200 == mercy.flask.post(FEEDBACK, json=body, headers=token(SERVICE)).status_code


@pytest.mark.parametrize("algorithm", ["ES384", "RS384", "ES256", "ES512", "RS256", "RS512", "PS256", "PS384", "PS512"])
@pytest.mark.requirement("hooks:J7")
def test_algorithms_that_may_be_named(trusting: Trusting, tmp_path: Path, algorithm: str) -> None:
    clients_file(tmp_path)
    (tmp_path / "own.json").write_text(json.dumps(key_set(jwk(algorithm))))
    client = trusting(algorithms=[algorithm], jwks_file="own.json")

    assert 200 == call(client, {"Authorization": signed(claims(), algorithm)}).status_code


@pytest.mark.parametrize(
    "more",
    [
        {"aud": [f"{PUBLIC_URL}{SERVICE}", "https://elsewhere.example"]},
        {"aud": f"{PUBLIC_URL}{SERVICE}/"},
        {"aud": ["sand_man"]},
        {"tenant": "any"},
        {"sub": "icans", "extra": {"a": [1]}},
        {"exp": SECONDS - 59, "iat": SECONDS - 100},
        {"iat": SECONDS + 60},
        {"nbf": SECONDS + 60},
        {"exp": SECONDS + 3600},
        {"exp": SECONDS + 300.5, "iat": SECONDS - 0.5},
        {"exp": SECONDS + 900, "nbf": SECONDS - 300, "sub": "client"},
    ],
)
@pytest.mark.requirement("hooks:J4")
@pytest.mark.requirement("hooks:J5")
def test_claims_that_are_good(trusting: Trusting, more: dict[str, Any]) -> None:
    assert 200 == call(trusting(audience=["sand_man"]), token(**more)).status_code


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"aud": PUBLIC_URL}, "audience"),
        ({"aud": f"{PUBLIC_URL}{DISCOVERY}"}, "audience"),
        ({"aud": f"{PUBLIC_URL}{FEEDBACK}"}, "audience"),
        ({"aud": f"http://cds.mercy.example/icans{SERVICE}"}, "audience"),
        ({"aud": f"https://localhost{SERVICE}"}, "audience"),
        ({"aud": "sand_man"}, "audience"),
        ({"aud": ""}, "audience"),
        ({"aud": []}, "audience"),
        ({"exp": SECONDS - 60, "iat": SECONDS - 100}, "expired"),
        ({"exp": SECONDS - 86_400, "iat": SECONDS - 86_500}, "expired"),
        ({"iat": SECONDS + 61}, "not-yet"),
        ({"nbf": SECONDS + 61}, "not-yet"),
        ({"exp": SECONDS + 3601}, "lifetime"),
        ({"exp": 1e300}, "lifetime"),
        ({"iat": 0}, "lifetime"),
        ({"iat": -1e300}, "lifetime"),
        ({"exp": SECONDS, "iat": SECONDS}, "lifetime"),
    ],
)
@pytest.mark.requirement("hooks:J4")
@pytest.mark.requirement("hooks:J5")
@pytest.mark.requirement("hooks:J9")
def test_claims_that_are_not(mercy: Client, logged: Any, more: dict[str, Any], reason: str) -> None:
    refused(call(mercy, token(**more)), logged, reason)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
@pytest.mark.requirement("hooks:J4")
def test_claims_that_must_be_there(mercy: Client, logged: Any, name: str) -> None:
    refused(call(mercy, token(**{name: None})), logged, "incomplete", "-")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("exp", value) for value in ("1800000000", True, [], {})),
        *(("iat", value) for value in ("now", False)),
        *(("jti", value) for value in ("", 5, ["a"])),
        *(("aud", value) for value in (5, {"a": 1}, [5])),
        *(("iss", value) for value in (5, [ISSUER])),
        ("nbf", "x"),
        ("tenant", 5),
    ],
)
@pytest.mark.requirement("hooks:J4")
def test_claims_of_another_type(mercy: Client, logged: Any, name: str, value: Any) -> None:
    refused(call(mercy, token(**{name: value})), logged, "incomplete", "-")


@pytest.mark.parametrize("issuer", ["https://ehr.evil.example", f"{ISSUER}/", ISSUER.upper(), "mercy"])
@pytest.mark.requirement("hooks:J8")
def test_only_the_issuer_itself(mercy: Client, logged: Any, issuer: str) -> None:
    refused(call(mercy, token(iss=issuer)), logged, "unknown-issuer", "-")


@pytest.mark.requirement("hooks:J9")
def test_a_tenant_is_demanded_where_one_is_registered(trusting: Trusting, logged: Any) -> None:
    north = trusting(tenant="north")

    assert 200 == call(north, token(tenant="north")).status_code
    refused(call(north, token(tenant="south")), logged, "unknown-issuer", "-")
    logged.clear()
    refused(call(north, token()), logged, "unknown-issuer", "-")


# --- forged ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "HS384", "HS512", "ES256", "RS256", "EdDSA", "", "x"])
@pytest.mark.requirement("hooks:J6")
def test_no_algorithm_but_those_of_the_client(mercy: Client, logged: Any, alg: str) -> None:
    refused(call(mercy, unsigned({"alg": alg})), logged, "algorithm")


@pytest.mark.requirement("hooks:J6")
def test_the_public_key_is_no_secret_to_sign_with(mercy: Client, logged: Any) -> None:
    refused(call(mercy, with_public_key_as_secret()), logged, "algorithm")


def test_another_key_under_the_same_name(mercy: Client, logged: Any) -> None:
    header = {"Authorization": signed(claims(), name="other", kid="one")}

    refused(call(mercy, header), logged, "signature")


def test_a_signature_without_content(mercy: Client, logged: Any) -> None:
    for signature in ("AA", encoded(b"\0" * 96)):
        logged.clear()
        refused(call(mercy, unsigned({"alg": "ES384"}, signature)), logged, "signature")


def test_changed_content(mercy: Client, logged: Any) -> None:
    header, _, signature = token()["Authorization"].split(".")

    refused(call(mercy, {"Authorization": f"{header}.{encoded(claims(jti='mine'))}.{signature}"}), logged, "signature")


def test_a_name_of_a_key_that_nobody_has(mercy: Client, logged: Any) -> None:
    refused(call(mercy, {"Authorization": signed(claims(), kid="../../etc/passwd")}), logged, "unknown-key")


@pytest.mark.requirement("hooks:J8")
def test_the_token_does_not_bring_its_own_key(mercy: Client, logged: Any) -> None:
    with serving(lambda _: Answer(key_set(jwk(name="evil")))) as evil:
        header = {"jku": f"{evil.base}/jwks.json", "x5u": evil.base, "jwk": jwk(name="evil")}
        refused(call(mercy, {"Authorization": signed(claims(), name="evil", **header)}), logged, "unknown-key")
        logged.clear()
        refused(call(mercy, {"Authorization": signed(claims(), name="evil", kid="one", **header)}), logged, "signature")

    assert [] == evil.calls


@pytest.mark.requirement("hooks:J3")
def test_a_jku_in_a_good_token_is_not_looked_at(mercy: Client) -> None:
    with serving(lambda _: Answer(key_set())) as elsewhere:
        header = {"Authorization": signed(claims(), jku=elsewhere.base)}
        assert 200 == call(mercy, header).status_code

    assert [] == elsewhere.calls


@pytest.mark.parametrize("header", [{"kid": None}, {"typ": None}, {"typ": "at+jwt"}, {"typ": 5}])
@pytest.mark.requirement("hooks:J3")
def test_headers_that_must_be_there(mercy: Client, logged: Any, header: dict[str, Any]) -> None:
    refused(call(mercy, {"Authorization": signed(claims(), **header)}), logged, "incomplete", "-")


def test_the_type_may_be_written_small(mercy: Client) -> None:
    assert 200 == call(mercy, {"Authorization": signed(claims(), typ="jwt")}).status_code


GOOD, DEEP = signed(claims()), b'{"x":' * 1100
HEAD, BODY, SIGNATURE = GOOD.removeprefix("Bearer ").split(".")


@pytest.mark.parametrize(
    "text",
    [
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        GOOD.removeprefix("Bearer "),
        f"Token {HEAD}.{BODY}.{SIGNATURE}",
        f"{GOOD}, {GOOD}",
        f"{GOOD} ",
        f"Bearer {HEAD}.{BODY}",
        f"Bearer {HEAD}.{BODY}.",
        f"Bearer {HEAD}..{SIGNATURE}",
        f"Bearer {HEAD}.{BODY}.{SIGNATURE}.x",
        f"Bearer {HEAD}.{BODY}.{SIGNATURE}!",
        f"Bearer x{HEAD}.{BODY}.{SIGNATURE}",
        f"Bearer {encoded([])}.{BODY}.{SIGNATURE}",
        f"Bearer {encoded(b'[' * 4000)}.{BODY}.{SIGNATURE}",
        f"Bearer {HEAD}.{encoded(DEEP)}.{SIGNATURE}",
        f"Bearer {HEAD}.{encoded(b'{')}.{SIGNATURE}",
        f"Bearer {HEAD}.{encoded(json.dumps(claims(exp=float('nan'))).encode())}.{SIGNATURE}",
        f"Bearer {HEAD}.{encoded(bytes([0xFF]))}.{SIGNATURE}",
        f"Bearer {encoded({'alg': 'ES384', 'typ': 'JWT', 'kid': 'one', 'crit': ['x'], 'x': 1})}.{BODY}.{SIGNATURE}",
        f"Bearer {encoded({'alg': 'ES384', 'typ': 'JWT', 'kid': 'one', 'b64': False, 'crit': ['b64']})}..{SIGNATURE}",
        f"Bearer {HEAD}.{BODY}.{'A' * 9000}",
    ],
)
def test_what_is_no_token(mercy: Client, logged: Any, text: str) -> None:
    refused(call(mercy, {"Authorization": text}), logged, "malformed", "-")


def test_nothing_of_a_token_goes_to_the_log(mercy: Client, logged: Any) -> None:
    said = claims(iss="https://secret-issuer.example", jti="secret-jti", sub="secret-sub")
    header = {"Authorization": signed(said, kid="secret-kid")}
    call(mercy, header)
    call(mercy, {"Authorization": signed(said | {"iss": ISSUER}, kid="secret-kid")})

    assert 2 == len(logged.messages)
    assert "secret" not in logged.text
    assert header["Authorization"].split(".")[1] not in logged.text


# --- once -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("hooks:J9")
def test_a_token_works_once(mercy: Client, logged: Any) -> None:
    header = token()
    assert 200 == call(mercy, header).status_code

    refused(call(mercy, header), logged, "replayed")
    logged.clear()
    refused(call(mercy, token(jti=claims_of(header)["jti"], sub="other")), logged, "replayed")


def claims_of(header: dict[str, str]) -> dict[str, Any]:
    return jwt.decode(header["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})


@pytest.mark.requirement("hooks:J9")
def test_a_token_of_discovery_does_not_work_again_either(mercy: Client, logged: Any) -> None:
    header = token(DISCOVERY)
    assert 200 == mercy.flask.get(DISCOVERY, headers=header).status_code

    refused(mercy.flask.get(DISCOVERY, headers=header), logged, "replayed")


def test_a_forged_token_does_not_spend_the_true_one(mercy: Client, logged: Any) -> None:
    said = claims()
    refused(call(mercy, {"Authorization": signed(said, name="other", kid="one")}), logged, "signature")
    logged.clear()
    refused(call(mercy, {"Authorization": signed(said | {"aud": "elsewhere"})}), logged, "audience")

    assert 200 == call(mercy, {"Authorization": signed(said)}).status_code


def test_a_token_that_was_used_is_spent_even_where_the_call_is_refused(mercy: Client, logged: Any) -> None:
    header = token()
    assert 400 == mercy.flask.post(SERVICE, data=b"{", headers=header).status_code

    refused(call(mercy, header), logged, "replayed")


@pytest.mark.requirement("hooks:J9")
def test_a_restart_does_not_forget(trusting: Trusting, logged: Any) -> None:
    header = token()
    assert 200 == call(trusting(), header).status_code

    refused(call(trusting(), header), logged, "replayed")


def test_without_a_memory_nobody_gets_in(mercy: Client, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise StoreUnavailableError("the store cannot be used")

    monkeypatch.setattr("cds_service.adapters.seen_tokens.SeenTokenStore.is_new", broken)

    response = call(mercy, token())
    assert (503, "transient") == (response.status_code, response.get_json()["issue"][0]["code"])
    assert ["a call could not be authenticated: the store cannot be used, client mercy"] == logged.messages


# --- what each may do -----------------------------------------------------------------------------------------


def test_a_client_calls_and_sees_its_own_services_alone(trusting: Trusting) -> None:
    client = trusting(services=["icans-patient-view"])
    assert 200 == call(client, token()).status_code
    mine = client.flask.get(DISCOVERY, headers=token(DISCOVERY)).get_json()["services"]
    assert ["icans-patient-view"] == [service["id"] for service in mine]

    for path in ("/cds-services/icans-order-sign", "/cds-services/icans-order-sign/feedback"):
        response = client.flask.post(path, json={}, headers=token(path))
        assert (403, "forbidden") == (response.status_code, response.get_json()["issue"][0]["code"])


def test_an_unknown_service_is_404_for_those_alone_who_say_who_they_are(mercy: Client) -> None:
    path = "/cds-services/nothing"

    assert 401 == mercy.flask.post(path, json={}).status_code
    assert 404 == mercy.flask.post(path, json={}, headers=token(path)).status_code


@pytest.mark.requirement("hooks:D1")
def test_discovery_may_be_open(trusting: Trusting) -> None:
    client = trusting({"open_discovery": True})

    assert 200 == client.flask.get(DISCOVERY).status_code
    assert 200 == client.flask.get(DISCOVERY, headers={"Authorization": "nonsense"}).status_code
    assert 401 == call(client, {}).status_code


@pytest.mark.requirement("hooks:X1")
def test_a_preflight_carries_no_token(mercy: Client) -> None:
    assert 200 == mercy.flask.options(SERVICE).status_code


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/knowledge", "/knowledge/attributes"])
def test_whoever_watches_the_service_needs_no_token(mercy: Client, path: str) -> None:
    assert 200 == mercy.flask.get(path).status_code


@pytest.mark.parametrize("path", ["/", "/fhir/metadata", "/fhir/Patient", "/patients/brandt", "/assets/sandbox.css"])
def test_there_is_no_sandbox_outside_of_a_demo(mercy: Client, path: str) -> None:
    response = mercy.flask.get(path, headers={"Origin": "https://sandbox.example"})

    assert 404 == response.status_code
    assert "Access-Control-Allow-Origin" not in response.headers


# --- how far the service reaches ------------------------------------------------------------------------------


def record(call: Call) -> Answer:
    if call.kind == "Patient":
        return Answer(patient())
    wanted = {"Observation": [ice(5), alert()], "MedicationAdministration": [axi_cel()]}
    return Answer(bundle(*wanted.get(call.kind, [])))


ACCESS = {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "icans"}


@pytest.mark.requirement("hooks:F4")
def test_a_server_of_the_client_is_called_with_the_token(trusting: Trusting) -> None:
    with serving(record) as server:
        body = hook_request(fhirServer=f"{server.base}/", fhirAuthorization=ACCESS)
        response = call(trusting(DEMO, fhir_servers=[server.base]), token(), body)

    assert 2 == evaluation(response.get_json())["icans"]["grade"]
    assert {"Bearer t0ken"} == {call.headers["Authorization"] for call in server.calls}


@pytest.mark.requirement("hooks:F4")
def test_no_other_server_is_called_at_all(trusting: Trusting) -> None:
    with serving(record) as server, serving(record) as other:
        client = trusting(DEMO, fhir_servers=[server.base])
        for elsewhere in (other.base, f"{server.base}x", server.base.replace("127.0.0.1", "localhost")):
            response = call(client, token(), hook_request(fhirServer=elsewhere, fhirAuthorization=ACCESS))
            assert 412 == response.status_code
            assert elsewhere not in response.text

    assert ([], []) == (server.calls, other.calls)


@pytest.mark.requirement("hooks:F4")
def test_each_client_has_a_list_of_its_own(tmp_path: Path) -> None:
    with serving(record) as server:
        blocks = [
            f'[[client]]\nname = "{name}"\nissuer = "urn:{name}"\njwks_file = "jwks.json"\nfhir_servers = {servers}\n'
            for name, servers in (("a", [server.base]), ("b", []))
        ]
        file = clients_file(tmp_path, "".join(blocks).replace("'", '"'))
        settings = Settings(demo=True, clients=str(file), public_url=PUBLIC_URL, store=str(tmp_path / "store.sqlite"))
        client = Client(create_app(settings, now=lambda: NOW).test_client())
        body = hook_request(fhirServer=server.base)

        assert 200 == call(client, token(iss="urn:a"), body).status_code
        assert 412 == call(client, token(iss="urn:b"), body).status_code


@pytest.mark.parametrize(("subject", "status"), [("icans", 200), ("other", 422), (None, 422)])
def test_a_token_that_was_made_out_to_somebody_else_is_not_used(
    trusting: Trusting, subject: str | None, status: int
) -> None:
    with serving(record) as server:
        client = trusting(DEMO, fhir_servers=[server.base], client_id="icans")
        body = hook_request(fhirServer=server.base, fhirAuthorization=ACCESS | {"subject": subject})
        assert status == call(client, token(), body).status_code

    assert (status == 200) == bool(server.calls)


@pytest.mark.parametrize("name", ["p-1", "Patient/p-1", None, ""])
def test_a_token_for_this_patient_is_used(trusting: Trusting, name: str | None) -> None:
    with serving(record) as server:
        client = trusting(DEMO, fhir_servers=[server.base])
        body = hook_request(fhirServer=server.base, fhirAuthorization=ACCESS | {"patient": name})
        assert 200 == call(client, token(), body).status_code


# --- what is needed to start ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"clients": ""}, "refusing to start: every caller must be authenticated"),
        ({"public_url": ""}, "ICANS_PUBLIC_URL: not the plain base URL of a server"),
        ({"public_url": "http://cds.example"}, "ICANS_PUBLIC_URL must be https"),
        ({"public_url": "https://cds.example/?x"}, "ICANS_PUBLIC_URL: not the plain base URL"),
        ({"ca_file": "/nowhere.pem"}, "ICANS_CA_FILE: there is no file /nowhere.pem"),
        ({"fhir_server": ("https://ehr.example/fhir",)}, "ICANS_FHIR_SERVER is for a demo"),
        (
            {"demo": True, "fhir_server": ("https://ehr.example/fhir",)},
            "ICANS_FHIR_SERVER is for a demo without clients",
        ),
        ({"demo": True, "public_url": ""}, "ICANS_PUBLIC_URL: not the plain base URL of a server"),
    ],
)
def test_nothing_starts_that_would_answer_anybody(trusting: Trusting, settings: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        trusting(settings)


@pytest.mark.requirement("hooks:T5")
def test_outside_of_a_demo_no_server_is_called_without_tls(trusting: Trusting) -> None:
    with pytest.raises(
        SettingsError, match=r"client\.mercy\.fhir_servers: http://127\.0\.0\.1:8080/fhir: must be https"
    ):
        trusting(fhir_servers=["http://127.0.0.1:8080/fhir"])


@pytest.mark.requirement("hooks:J1")
def test_a_demo_with_clients_authenticates_its_callers_and_has_its_sandbox(trusting: Trusting) -> None:
    demo = trusting(DEMO)

    assert [401, 200] == [call(demo, headers).status_code for headers in ({}, token())]
    assert 401 == demo.flask.get("/cds-services").status_code
    page = demo.flask.get("/patients/grade-2-worsening")
    assert (200, True) == (page.status_code, "ICANS grade 2" in page.text)


def test_time_is_what_decides(tmp_path: Path) -> None:
    clock = [NOW]
    file = clients_file(tmp_path)
    settings = Settings(clients=str(file), public_url=PUBLIC_URL, store=str(tmp_path / "store.sqlite"))
    client = Client(create_app(settings, now=lambda: clock[0]).test_client())
    header = token()
    assert 200 == call(client, header).status_code

    clock[0] = NOW + timedelta(minutes=6)
    assert 401 == call(client, header).status_code
    assert 200 == call(client, token(now=clock[0])).status_code
