"""Who calls: client authentication by CDS Hooks (section 9 of the checklist), or nobody in demo mode."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jwt import PyJWK

from cds_service.adapters.clients import Client, Registration
from cds_service.adapters.jwks import JwksError, KeyRing
from cds_service.adapters.outbound import BaseUrl
from cds_service.adapters.tokens import Reason, Token, judge_claims, read_token, verify_signature
from cds_service.errors import NotAuthenticatedError, StoreUnavailableError

FEEDBACK = "/feedback"
log = logging.getLogger(__name__)


class Callers(Protocol):
    """Tells who calls."""

    def identify(self, authorization: str | None, path: str) -> Client:
        """The client behind an Authorization header of a call to a path. Raises NotAuthenticatedError."""


class SeenTokens(Protocol):
    """Remembers tokens, so that none works twice."""

    def is_new(self, token: bytes, expires: datetime, now: datetime) -> bool:
        """Whether a token comes for the first time; from now on it does not. Raises StoreUnavailableError."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Demo mode: every caller is the same client."""

    client: Client

    def identify(self, authorization: str | None, path: str) -> Client:  # noqa: ARG002
        """The one client there is."""
        return self.client


class RegisteredClients:
    """Those in the clients file, by their signed tokens."""

    def __init__(
        self,
        registered: Iterable[tuple[Registration, KeyRing]],
        public_url: BaseUrl,
        seen: SeenTokens,
        now: Callable[[], datetime],
    ) -> None:
        self._known = {(one.client.issuer, one.client.tenant): (one, keys) for one, keys in registered}
        self._public_url, self._seen, self._now = str(public_url), seen, now

    def identify(self, authorization: str | None, path: str) -> Client:
        """The client that signed for this address, for the first time. The reason for a refusal goes to the log."""
        name = "-"
        try:
            token = read_token(authorization)
            registration, keys = self._registration(token)
            name = registration.client.name
            self._believe(token, registration, keys, path)
        except NotAuthenticatedError as error:
            log.warning("a call was not authenticated: %s, client %s", error.reason, name)
            raise
        except StoreUnavailableError as error:
            log.error("a call could not be authenticated: %s, client %s", error, name)  # noqa: TRY400  (no traceback)
            raise
        return registration.client

    def _registration(self, token: Token) -> tuple[Registration, KeyRing]:
        """By issuer and tenant, else by the issuer that has no tenants here."""
        claims = token.claims
        found = self._known.get((claims.iss, claims.tenant or "")) or self._known.get((claims.iss, ""))
        if found is None:
            raise NotAuthenticatedError(Reason.UNKNOWN_ISSUER)
        return found

    def _believe(self, token: Token, registration: Registration, keys: KeyRing, path: str) -> None:
        now = self._now()
        verify_signature(token, _key_of(token, registration, keys), registration.algorithms)
        judge_claims(token.claims, registration, self._names_of(path), now.timestamp())
        expires = datetime.fromtimestamp(token.claims.exp + registration.leeway, now.tzinfo)
        if not self._seen.is_new(_fingerprint(token), expires, now):
            raise NotAuthenticatedError(Reason.REPLAYED)

    def _names_of(self, path: str) -> tuple[str, ...]:
        """What an address of ours is called; feedback also by the name of its service (hooks:J5)."""
        url = f"{self._public_url}{path}"
        return url, f"{url}/", url.removesuffix(FEEDBACK)


def _key_of(token: Token, registration: Registration, keys: KeyRing) -> PyJWK:
    if token.header.alg not in registration.algorithms:
        raise NotAuthenticatedError(Reason.ALGORITHM)
    try:
        key = keys.find(token.header.kid, token.header.alg)
    except JwksError as error:
        raise NotAuthenticatedError(Reason.NO_KEYS) from error
    if key is None:
        raise NotAuthenticatedError(Reason.UNKNOWN_KEY)
    return key


def _fingerprint(token: Token) -> bytes:
    """What a token is remembered by: nothing of it can be read from that."""
    return hashlib.sha256(f"{token.claims.iss}\0{token.claims.jti}".encode()).digest()
