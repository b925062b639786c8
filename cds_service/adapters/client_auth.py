"""Client authentication by CDS Hooks (section 9 of the checklist); none in demo mode."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from jwt import PyJWK

from cds_service.adapters.clients import Client, Registration
from cds_service.adapters.jwks import JwksError, KeyRing
from cds_service.adapters.outbound import BaseUrl
from cds_service.adapters.tokens import Reason, Token, judge_claims, read_token, verify_signature
from cds_service.errors import NotAuthenticatedError, StoreUnavailableError

FEEDBACK = "/feedback"
log = logging.getLogger(__name__)


class Callers(Protocol):
    """Identifies the caller."""

    def identify(self, authorization: str | None, path: str) -> Client:
        """The client behind the Authorization header of a call to a path. Raises NotAuthenticatedError."""


class SeenTokens(Protocol):
    """Remembers tokens, so that none can be used twice."""

    def is_new(self, token: bytes, expires: datetime, now: datetime) -> bool:
        """Whether a token is used for the first time; records its use. Raises StoreUnavailableError."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Demo mode: every caller is the same client."""

    client: Client

    def identify(self, authorization: str | None, path: str) -> Client:  # noqa: ARG002
        """The only client."""
        return self.client


class Registered(NamedTuple):
    """A registration, with the public keys of its client."""

    registration: Registration
    keys: KeyRing


class RegisteredClients:
    """The clients in the clients file, identified by their signed tokens."""

    def __init__(
        self,
        registered: Iterable[Registered],
        public_url: BaseUrl,
        seen: SeenTokens,
        now: Callable[[], datetime],
    ) -> None:
        self._known = {_issuer_and_tenant(one.registration.client): one for one in registered}
        self._public_url, self._seen, self._now = str(public_url), seen, now

    def identify(self, authorization: str | None, path: str) -> Client:
        """The client that signed an unused token for this address; the reason for a refusal is only logged."""
        name = "-"
        try:
            token = read_token(authorization)
            registration, keys = self._registration(token)
            name = registration.client.name
            self._verify(token, registration, keys, path)
        except NotAuthenticatedError as error:
            log.warning("a call was not authenticated: %s, client %s", error.reason, name)
            raise
        except StoreUnavailableError as error:
            log.error("a call could not be authenticated: %s, client %s", error, name)  # noqa: TRY400  (no traceback)
            raise
        return registration.client

    def _registration(self, token: Token) -> Registered:
        """The registration for issuer and tenant, else the one for an issuer without tenants."""
        claims = token.claims
        found = self._known.get((claims.iss, claims.tenant or "")) or self._known.get((claims.iss, ""))
        if found is None:
            raise NotAuthenticatedError(Reason.UNKNOWN_ISSUER)
        return found

    def _verify(self, token: Token, registration: Registration, keys: KeyRing, path: str) -> None:
        """Raise NotAuthenticatedError unless the token is signed by this client, meant for this call, and unused."""
        now = self._now()
        verify_signature(token, _key_of(token, registration, keys), registration.algorithms)
        judge_claims(token.claims, registration, self._names_of(path), now.timestamp())
        expires = datetime.fromtimestamp(token.claims.exp + registration.leeway, now.tzinfo)
        if not self._seen.is_new(_fingerprint(token), expires, now):
            raise NotAuthenticatedError(Reason.REPLAYED)

    def _names_of(self, path: str) -> tuple[str, ...]:
        """The names of an address of ours; feedback may also be signed for the service's own address (hooks:J5)."""
        url = f"{self._public_url}{path}"
        return url, f"{url}/", url.removesuffix(FEEDBACK)


def _issuer_and_tenant(client: Client) -> tuple[str, str]:
    return client.issuer, client.tenant


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
    """A hash by which a token is remembered; nothing in the token can be read from it."""
    return hashlib.sha256(f"{token.claims.iss}\0{token.claims.jti}".encode()).digest()
