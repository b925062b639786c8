"""Tokens that no honest client sends: without a signature, or signed with what everybody knows."""

from __future__ import annotations

import base64
import json
from typing import Any

from jwt.algorithms import HMACAlgorithm

from tests.hooks.ehr import claims, jwk


def encoded(value: Any) -> str:
    """A part of a token."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], signature: str = "", said: dict[str, Any] | None = None) -> dict[str, str]:
    """A token with this header and any signature."""
    stated = {"alg": "none", "typ": "JWT", "kid": "one"} | header
    body = encoded(said or claims())
    return {"Authorization": f"Bearer {encoded(stated)}.{body}.{signature or encoded(b'x' * 96)}"}


def with_public_key_as_secret(said: dict[str, Any] | None = None) -> dict[str, str]:
    """A token signed by HS384, with the client's public key for a secret."""
    body = f"{encoded({'alg': 'HS384', 'typ': 'JWT', 'kid': 'one'})}.{encoded(said or claims())}"
    signature = HMACAlgorithm(HMACAlgorithm.SHA384).sign(body.encode(), json.dumps(jwk()).encode())
    return {"Authorization": f"Bearer {body}.{encoded(signature)}"}
