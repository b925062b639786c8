"""Verification of tokens, and the store of used ones: none works twice, not even after a restart (hooks:J9)."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec
from jwt import InvalidAlgorithmError, PyJWK, PyJWS, PyJWTError
from jwt.exceptions import InvalidKeyError
from sqlalchemy import Column, Index, LargeBinary, Table, delete

from cds_service.adapters.clients import Registration
from cds_service.adapters.database import Database, UtcTime, insert_once, metadata
from cds_service.errors import NotAuthenticatedError

MAX_LENGTH = 8192
_BEARER = re.compile(r"bearer +([A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+)", re.IGNORECASE | re.ASCII)
_jws = PyJWS(options={"enforce_minimum_key_length": True})


class Reason(StrEnum):
    """Why a caller was not authenticated: for the operator's log only; the caller is not given a reason."""

    NO_TOKEN = "no-token"  # noqa: S105  (a kind of failure)
    MALFORMED = "malformed"
    INCOMPLETE = "incomplete"
    UNKNOWN_ISSUER = "unknown-issuer"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown-key"
    NO_KEYS = "no-keys"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    LIFETIME = "lifetime"
    REPLAYED = "replayed"


class Header(msgspec.Struct, frozen=True):
    """The required header (hooks:J3)."""

    alg: str
    kid: str
    typ: str


class Claims(msgspec.Struct, frozen=True):
    """The required payload (hooks:J4); times in seconds since 1970."""

    iss: str
    aud: str | list[str]
    exp: float
    iat: float
    jti: Annotated[str, msgspec.Meta(min_length=1)]
    nbf: float | None = None
    tenant: str | None = None


class Token(NamedTuple):
    """A token that has been parsed but not yet verified."""

    text: str
    header: Header
    claims: Claims


def read_token(authorization: str | None) -> Token:
    """The token of an Authorization header, unverified. Raises NotAuthenticatedError."""
    if not authorization:
        raise NotAuthenticatedError(Reason.NO_TOKEN)
    found = _BEARER.fullmatch(authorization) if len(authorization) <= MAX_LENGTH else None
    if found is None:
        raise NotAuthenticatedError(Reason.MALFORMED)
    try:
        parts = _jws.decode_complete(found[1], options={"verify_signature": False})
        header = msgspec.convert(parts["header"], Header)
        claims = msgspec.json.decode(parts["payload"], type=Claims)
    except msgspec.ValidationError as error:
        raise NotAuthenticatedError(Reason.INCOMPLETE) from error
    except (PyJWTError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAuthenticatedError(Reason.MALFORMED) from error
    if header.typ.upper() != "JWT":
        raise NotAuthenticatedError(Reason.INCOMPLETE)
    return Token(found[1], header, claims)


def verify_signature(token: Token, key: PyJWK, algorithms: Collection[str]) -> None:
    """Check that the client signed the token with this key. Raises NotAuthenticatedError."""
    try:
        _jws.decode_complete(token.text, key, list(algorithms))
    except (InvalidAlgorithmError, InvalidKeyError) as error:
        raise NotAuthenticatedError(Reason.ALGORITHM) from error
    except PyJWTError as error:
        raise NotAuthenticatedError(Reason.SIGNATURE) from error


def judge_claims(claims: Claims, registration: Registration, endpoints: Collection[str], now: float) -> None:
    """Check that a token is meant for this call and valid now. Raises NotAuthenticatedError.

    `endpoints`: the accepted spellings of the called address.
    """
    named = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
    soon, late = now + registration.leeway, now - registration.leeway
    if not named & {*endpoints, *registration.audience}:
        raise NotAuthenticatedError(Reason.AUDIENCE)
    if claims.exp <= late:
        raise NotAuthenticatedError(Reason.EXPIRED)
    if claims.iat > soon or (claims.nbf is not None and claims.nbf > soon):
        raise NotAuthenticatedError(Reason.NOT_YET)
    if not 0 < claims.exp - claims.iat <= registration.lifetime:
        raise NotAuthenticatedError(Reason.LIFETIME)


PURGE_EVERY = timedelta(minutes=1)
_seen = Table(
    "token_seen",
    metadata,
    Column("fingerprint", LargeBinary(32), primary_key=True),
    Column("expires", UtcTime, nullable=False),
    Index("token_seen_expires", "expires"),
)


class SeenTokenStore:
    """The fingerprints of used tokens in the database, each until its token expires."""

    def __init__(self, database: Database) -> None:
        self._database, self._lock = database, threading.Lock()
        self._purged: datetime | None = None

    def is_new(self, token: bytes, expires: datetime, now: datetime) -> bool:
        """Whether a token is used for the first time; records its use. Raises StoreUnavailableError."""
        with self._database.needed() as connection:
            if self._must_purge(now):
                connection.execute(delete(_seen).where(_seen.c.expires < now))
            return insert_once(connection, _seen, {"fingerprint": token, "expires": expires})

    def _must_purge(self, now: datetime) -> bool:
        """Whether it is time to purge; true for one thread at intervals."""
        with self._lock:
            if self._purged is not None and now - self._purged < PURGE_EVERY:
                return False
            self._purged = now
            return True
