"""A token works once, in every process and after a restart."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from cds_service.errors import StoreUnavailableError
from tests.hooks.auth.calls import DISCOVERY, Trusting, call, refused
from tests.hooks.client import Client
from tests.hooks.ehr import (
    SERVICE,
    claims,
    signed,
    token,
)


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
def test_a_discovery_token_works_once_too(mercy: Client, logged: Any) -> None:
    header = token(DISCOVERY)
    assert 200 == mercy.flask.get(DISCOVERY, headers=header).status_code

    refused(mercy.flask.get(DISCOVERY, headers=header), logged, "replayed")


def test_a_forged_token_does_not_use_up_the_genuine_one(mercy: Client, logged: Any) -> None:
    said = claims()
    refused(call(mercy, {"Authorization": signed(said, name="other", kid="one")}), logged, "signature")
    logged.clear()
    refused(call(mercy, {"Authorization": signed(said | {"aud": "elsewhere"})}), logged, "audience")

    assert 200 == call(mercy, {"Authorization": signed(said)}).status_code


def test_a_token_is_used_up_even_if_the_call_is_refused(mercy: Client, logged: Any) -> None:
    header = token()
    assert 400 == mercy.flask.post(SERVICE, data=b"{", headers=header).status_code

    refused(call(mercy, header), logged, "replayed")


@pytest.mark.requirement("hooks:J9")
def test_a_restart_does_not_forget(trusting: Trusting, logged: Any) -> None:
    header = token()
    assert 200 == call(trusting(), header).status_code

    refused(call(trusting(), header), logged, "replayed")


def test_without_the_store_every_token_is_refused(mercy: Client, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise StoreUnavailableError("the store cannot be used")

    monkeypatch.setattr("cds_service.adapters.tokens.SeenTokenStore.is_new", broken)

    response = call(mercy, token())
    assert (503, "transient") == (response.status_code, response.get_json()["issue"][0]["code"])
    assert ["a call could not be authenticated: the store cannot be used, client mercy"] == logged.messages
