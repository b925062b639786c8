"""An EHR that signs its calls: keys generated for the tests, and a clients file that trusts them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.builders import NOW

ISSUER, PUBLIC_URL = "https://ehr.mercy.example", "https://cds.mercy.example/icans"
SERVICE = "/cds-services/icans-patient-view"
_numbers = count(1)


@cache
def private_key(algorithm: str = "ES384", name: str = "one") -> Any:
    """The private key with this name for an algorithm; the same name always gives the same key."""
    curves = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm]())
    return rsa.generate_private_key(65537, 1024 if name == "short" else 2048)


def jwk(algorithm: str = "ES384", name: str = "one", **more: Any) -> dict[str, Any]:
    """The public key as a JWK."""
    kind = ECAlgorithm if algorithm.startswith("ES") else RSAAlgorithm
    public = kind.to_jwk(private_key(algorithm, name).public_key(), as_dict=True)
    return {key: value for key, value in public.items() if key != "key_ops"} | {"kid": name, "use": "sig"} | more


def key_set(*keys: dict[str, Any]) -> dict[str, Any]:
    """A JWK Set; without arguments, that of the EHR."""
    return {"keys": list(keys) or [jwk()]}


def claims(path: str = SERVICE, now: datetime = NOW, **more: Any) -> dict[str, Any]:
    """The claims for a call to a path of the service; None leaves a claim out."""
    said = {
        "iss": ISSUER,
        "aud": f"{PUBLIC_URL}{path}",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "jti": f"token-{next(_numbers)}-{id(more)}",
    } | more
    return {name: value for name, value in said.items() if value is not None}


def signed(said: dict[str, Any], algorithm: str = "ES384", name: str = "one", **header: Any) -> str:
    """A signed token; None leaves a member of the header out."""
    stated = {"kid": name, "typ": "JWT"} | header
    kept = {name: value for name, value in stated.items() if value is not None} | (
        {"typ": ""} if stated["typ"] is None else {}
    )
    token = jwt.api_jws.PyJWS().encode(json.dumps(said).encode(), private_key(algorithm, name), algorithm, kept)
    return f"Bearer {token}"


def token(path: str = SERVICE, **more: Any) -> dict[str, str]:
    """The Authorization header of a genuine call."""
    return {"Authorization": signed(claims(path, **more))}


def clients_file(folder: Path, text: str = "", **more: Any) -> Path:
    """A clients file with this EHR, or with the given text; values are TOML."""
    (folder / "jwks.json").write_text(json.dumps(key_set()))
    stated = {"name": "mercy", "issuer": ISSUER, "jwks_file": "jwks.json"} | more
    lines = [f"{name} = {json.dumps(value)}" for name, value in stated.items() if value is not None]
    file = folder / "clients.toml"
    file.write_text(text or "\n".join(["[[client]]", *lines]))
    return file
