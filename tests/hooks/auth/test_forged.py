"""Forged tokens are refused: another key, no signature, another algorithm, not a token."""

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
def test_only_the_algorithms_of_the_client_are_accepted(mercy: Client, logged: Any, alg: str) -> None:
    refused(call(mercy, unsigned({"alg": alg})), logged, "algorithm")


@pytest.mark.requirement("hooks:J6")
def test_the_public_key_cannot_be_used_as_a_shared_secret(mercy: Client, logged: Any) -> None:
    refused(call(mercy, with_public_key_as_secret()), logged, "algorithm")


def test_another_key_with_the_same_id_is_refused(mercy: Client, logged: Any) -> None:
    header = {"Authorization": signed(claims(), name="other", kid="one")}

    refused(call(mercy, header), logged, "signature")


def test_a_signature_without_content_is_refused(mercy: Client, logged: Any) -> None:
    for signature in ("AA", encoded(b"\0" * 96)):
        logged.clear()
        refused(call(mercy, unsigned({"alg": "ES384"}, signature)), logged, "signature")


def test_changed_content_is_refused(mercy: Client, logged: Any) -> None:
    header, _, signature = token()["Authorization"].split(".")

    refused(call(mercy, {"Authorization": f"{header}.{encoded(claims(jti='mine'))}.{signature}"}), logged, "signature")


def test_an_unknown_key_id_is_refused(mercy: Client, logged: Any) -> None:
    refused(call(mercy, {"Authorization": signed(claims(), kid="../../etc/passwd")}), logged, "unknown-key")


@pytest.mark.requirement("hooks:J8")
def test_a_key_inside_the_token_is_not_used(mercy: Client, logged: Any) -> None:
    with serving(lambda _: Answer(key_set(jwk(name="evil")))) as evil:
        header = {"jku": f"{evil.base}/jwks.json", "x5u": evil.base, "jwk": jwk(name="evil")}
        refused(call(mercy, {"Authorization": signed(claims(), name="evil", **header)}), logged, "unknown-key")
        logged.clear()
        refused(call(mercy, {"Authorization": signed(claims(), name="evil", kid="one", **header)}), logged, "signature")

    assert [] == evil.calls


@pytest.mark.requirement("hooks:J3")
def test_a_jku_in_a_valid_token_is_ignored(mercy: Client) -> None:
    with serving(lambda _: Answer(key_set())) as elsewhere:
        header = {"Authorization": signed(claims(), jku=elsewhere.base)}
        assert 200 == call(mercy, header).status_code

    assert [] == elsewhere.calls


@pytest.mark.parametrize("header", [{"kid": None}, {"typ": None}, {"typ": "at+jwt"}, {"typ": 5}])
@pytest.mark.requirement("hooks:J3")
def test_every_required_header_is_checked(mercy: Client, logged: Any, header: dict[str, Any]) -> None:
    refused(call(mercy, {"Authorization": signed(claims(), **header)}), logged, "incomplete", "-")


def test_the_type_may_be_in_lower_case(mercy: Client) -> None:
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
def test_what_is_not_a_token_is_refused(mercy: Client, logged: Any, text: str) -> None:
    refused(call(mercy, {"Authorization": text}), logged, "malformed", "-")


def test_no_part_of_a_token_is_logged(mercy: Client, logged: Any) -> None:
    said = claims(iss="https://secret-issuer.example", jti="secret-jti", sub="secret-sub")
    header = {"Authorization": signed(said, kid="secret-kid")}
    call(mercy, header)
    call(mercy, {"Authorization": signed(said | {"iss": ISSUER}, kid="secret-kid")})

    assert 2 == len(logged.messages)
    assert "secret" not in logged.text
    assert header["Authorization"].split(".")[1] not in logged.text
