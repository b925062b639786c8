"""Tokens: correct ones, and ones with wrong claims, a wrong header or a wrong text."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from tests.fuzz.mutation import TEXTS, VALUES
from tests.fuzz.transport import BASE
from tests.hooks.ehr import claims, clients_file, private_key, signed

Json = dict[str, Any]
_CLAIMS = ("iss", "aud", "exp", "iat", "nbf", "jti", "tenant", "sub")
_HEADER = ("kid", "typ", "alg", "jku", "x5u", "crit", "b64", "zip", "jwk")
_WORDS = (
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic eDp5",
    "bearer x.y.z",
    "Bearer ..",
    "Bearer a.b.c.d",
    "Bearer \xff.\xff.\xff",
)
_OTHER_VALUES = ("none", "HS256", "ES384", "RS384", "JWT", "one", "https://ehr.mercy.example", [], {}, 0, -1, 2**70)


def clients(folder: Path) -> Path:
    """A clients file that trusts the keys of these tokens and lists the FHIR server."""
    return clients_file(folder, fhir_servers=[BASE])


def good(path: str) -> str:
    """A valid Authorization header for one call to a path."""
    return signed(claims(path, now=datetime.now(UTC)))


def wrong(path: str, random: Random) -> str | None:
    """A changed header; some changes still leave a valid one."""
    said, header = claims(path, now=datetime.now(UTC)), {}
    match random.randrange(5):
        case 0:
            return random.choice(_WORDS)
        case 1:
            return _torn(signed(said), random)
        case 2:
            header[random.choice(_HEADER)] = _value(random)
        case _:
            for _ in range(random.choice((1, 1, 2))):
                said[random.choice(_CLAIMS)] = _value(random)
    return _signed({"alg": "ES384", "kid": "one", "typ": "JWT"} | header, said)


def _signed(header: Json, said: Json) -> str:
    """Signed here, because a library would refuse to sign a wrong token."""
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, said))
    signature = ECAlgorithm(ECAlgorithm.SHA384).sign(text, private_key("ES384", "one"))
    return f"Bearer {(text + b'.' + base64url_encode(signature)).decode()}"


def _value(random: Random) -> Any:
    return deepcopy(random.choice((*_OTHER_VALUES, *VALUES)))


def _torn(token: str, random: Random) -> str:
    at, wide = random.randrange(7, len(token)), random.choice((0, 1, 1, 4, 100))
    put = random.choice((*(text.decode("latin-1") for text in TEXTS), "", ".", "=", "A", token))
    return token[:at] + put.replace("\n", "") + token[at + wide :]
