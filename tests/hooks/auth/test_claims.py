"""What a token must claim to be accepted (section 9 of the checklist)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOW, hook_request, prefetch
from tests.hooks.auth.calls import DISCOVERY, FEEDBACK, SECONDS, Trusting, call, refused
from tests.hooks.client import Client
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
def test_each_address_accepts_a_token_with_that_audience(
    mercy: Client, logged: pytest.LogCaptureFixture, method: str, path: str, body: Any
) -> None:
    assert 200 == mercy.flask.open(path, method=method, json=body, headers=token(path)).status_code
    assert [] == logged.messages
    refused(mercy.flask.open(path, method=method, json=body), logged, "no-token", "-")


@pytest.mark.requirement("hooks:J5")
def test_the_audience_of_feedback_may_be_the_service(mercy: Client) -> None:
    body = {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": NOW.isoformat()}]}

    assert 200 == mercy.flask.post(FEEDBACK, json=body, headers=token(SERVICE)).status_code


@pytest.mark.parametrize("algorithm", ["ES384", "RS384", "ES256", "ES512", "RS256", "RS512", "PS256", "PS384", "PS512"])
@pytest.mark.requirement("hooks:J7")
def test_allowed_algorithms_are_accepted(trusting: Trusting, tmp_path: Path, algorithm: str) -> None:
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
def test_valid_claims_are_accepted(trusting: Trusting, more: dict[str, Any]) -> None:
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
def test_invalid_claims_are_refused(mercy: Client, logged: Any, more: dict[str, Any], reason: str) -> None:
    refused(call(mercy, token(**more)), logged, reason)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
@pytest.mark.requirement("hooks:J4")
def test_every_required_claim_is_checked(mercy: Client, logged: Any, name: str) -> None:
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
def test_claims_of_the_wrong_type_are_refused(mercy: Client, logged: Any, name: str, value: Any) -> None:
    refused(call(mercy, token(**{name: value})), logged, "incomplete", "-")


@pytest.mark.parametrize("issuer", ["https://ehr.evil.example", f"{ISSUER}/", ISSUER.upper(), "mercy"])
@pytest.mark.requirement("hooks:J8")
def test_only_the_exact_issuer_is_accepted(mercy: Client, logged: Any, issuer: str) -> None:
    refused(call(mercy, token(iss=issuer)), logged, "unknown-issuer", "-")


@pytest.mark.requirement("hooks:J9")
def test_a_client_with_a_tenant_must_name_it(trusting: Trusting, logged: Any) -> None:
    north = trusting(tenant="north")

    assert 200 == call(north, token(tenant="north")).status_code
    refused(call(north, token(tenant="south")), logged, "unknown-issuer", "-")
    logged.clear()
    refused(call(north, token()), logged, "unknown-issuer", "-")
