"""What nobody gets in with: another key, no signature, another algorithm, what is no token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hooks.auth.calls import call, refused
from tests.hooks.client import Client
from tests.hooks.ehr import (
    ISSUER,
    claims,
    jwk,
    key_set,
    signed,
    token,
)
from tests.hooks.fhir_server import Answer, serving
from tests.hooks.forged import encoded, unsigned, with_public_key_as_secret


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
