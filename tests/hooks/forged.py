"""Tokens that no genuine client sends: unsigned, or signed with the public key as a shared secret."""

from __future__ import annotations

import base64
import json
from typing import Any

from jwt.algorithms import HMACAlgorithm

from tests.hooks.ehr import claims, jwk


def encoded(value: Any) -> str:
    """One part of a token, encoded."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], signature: str = "", said: dict[str, Any] | None = None) -> dict[str, str]:
    """The header of a call with a token that has this header and an arbitrary signature."""
    stated = {"alg": "none", "typ": "JWT", "kid": "one"} | header
    body = encoded(said or claims())
    return {"Authorization": f"Bearer {encoded(stated)}.{body}.{signature or encoded(b'x' * 96)}"}


def with_public_key_as_secret(said: dict[str, Any] | None = None) -> dict[str, str]:
    """The header of a call with a token signed with HS384, using the client's public key as the secret."""
    body = f"{encoded({'alg': 'HS384', 'typ': 'JWT', 'kid': 'one'})}.{encoded(said or claims())}"
    signature = HMACAlgorithm(HMACAlgorithm.SHA384).sign(body.encode(), json.dumps(jwk()).encode())
    return {"Authorization": f"Bearer {body}.{encoded(signature)}"}
