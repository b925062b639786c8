"""Key sets, read from the URL or file given in the clients file and never from one named by a token (hooks:J8)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import requests
from jwt import PyJWK, PyJWTError
from urllib3.util.retry import Retry

from cds_service.adapters.outbound import Deadline, chunks, new_session
from cds_service.errors import IcansCdsError

log = logging.getLogger(__name__)
Keys = Mapping[tuple[str, str], PyJWK]
MAX_KEYS = 100


class JwksError(IcansCdsError):
    """Something is not a JWK Set, contains no usable key, or could not be fetched."""


class Freshness(NamedTuple):
    """Seconds for which keys are fresh, for which they are usable, and between requests for the key set.

    A request for an unknown key may follow soon (`cool_down`); one for keys that are merely old waits longer (`retry`).
    `wait`: how long a call waits while another call is fetching.
    """

    fresh: float = 300.0
    stale: float = 86_400.0
    cool_down: float = 5.0
    retry: float = 30.0
    wait: float = 3.0


FRESHNESS = Freshness()


class _Set(msgspec.Struct):
    keys: list[Any]


class KeyRing:
    """The keys of one client; thread-safe.

    `fetch` returns the text of the set or raises JwksError; `clock` counts seconds.
    """

    def __init__(
        self,
        fetch: Callable[[], bytes],
        algorithms: Collection[str],
        freshness: Freshness = FRESHNESS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._algorithms, self._freshness, self._clock = fetch, algorithms, freshness, clock
        self._keys: Keys = {}
        self._lock = threading.Lock()
        self._read_at = self._asked_at = float("-inf")

    def find(self, kid: str, algorithm: str) -> PyJWK | None:
        """The key with this id for this algorithm; None if there is none. Raises JwksError if no set is available."""
        wanted = (kid, algorithm)
        # A lookup of an unknown key waits for the set being read; the others continue with the set they have.
        wait = 0.0 if wanted in self._keys else self._freshness.wait
        if self._is_due(wanted) and self._lock.acquire(timeout=wait):
            try:
                self._read_again(wanted)
            finally:
                self._lock.release()
        if self._clock() - self._read_at > self._freshness.stale:
            raise JwksError("the keys could not be read")
        return self._keys.get(wanted)

    def _is_due(self, wanted: tuple[str, str]) -> bool:
        """Whether to fetch: keys may be old, or this key may be new. A fetch in progress counts as one."""
        return self._lock.locked() or self._may_ask(wanted)

    def _may_ask(self, wanted: tuple[str, str]) -> bool:
        now = self._clock()
        if now - self._asked_at < self._freshness.cool_down:
            return False
        if wanted not in self._keys:
            return True
        return now - self._read_at > self._freshness.fresh and now - self._asked_at >= self._freshness.retry

    def _read_again(self, wanted: tuple[str, str]) -> None:
        if not self._may_ask(wanted):
            return
        try:
            self._keys = read_keys(self._fetch(), self._algorithms)
            self._read_at = self._clock()
        except JwksError as error:
            log.warning("keys could not be read, so the previous ones are used: %s", error)
        finally:
            self._asked_at = self._clock()


def read_keys(body: bytes, algorithms: Collection[str]) -> Keys:
    """The public keys of a JWK Set that these algorithms can use, by kid and algorithm. Raises JwksError."""
    try:
        members = msgspec.json.decode(body, type=_Set).keys[:MAX_KEYS]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise JwksError("not a JWK Set") from error
    if any(isinstance(member, dict) and "d" in member for member in members):
        raise JwksError("it holds a private key")
    keys: dict[tuple[str, str], PyJWK] = {}
    for member in members:
        for name, key in _usable(member, algorithms):
            keys.setdefault(name, key)
    if not keys:
        raise JwksError(f"no public signing key with a kid for {', '.join(algorithms)}")
    return keys


class _Usable(NamedTuple):
    """A key, and the kid and algorithm under which it is found."""

    name: tuple[str, str]
    key: PyJWK


def _usable(member: Any, algorithms: Collection[str]) -> Iterator[_Usable]:
    """A key under every algorithm that it is for; keys we cannot use are skipped (RFC 7517, section 5)."""
    kid = member.get("kid") if isinstance(member, dict) else None
    if not isinstance(kid, str) or member.get("use", "sig") != "sig":
        return
    for algorithm in algorithms:
        if member.get("alg", algorithm) == algorithm:
            with suppress(PyJWTError, ValueError, TypeError):
                key = PyJWK(member, algorithm)
                key.Algorithm.prepare_key(key.key)
                if key.Algorithm.check_key_length(key.key) is None:
                    yield _Usable((kid, algorithm), key)


MAX_BYTES = 256 * 1024
SECONDS = 2.0


def source_of(jwks: str | Path, authorities: str | None) -> Callable[[], bytes]:
    """The function that fetches the set. `authorities`: a PEM file of the trusted certificate authorities."""
    return partial(_from_file, jwks) if isinstance(jwks, Path) else partial(_from_url, jwks, authorities)


def _from_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise JwksError(f"{file}: {error.strerror}") from error


def _from_url(url: str, authorities: str | None) -> bytes:
    deadline = Deadline.after(SECONDS)
    try:
        with (
            new_session(Retry(0, read=False)) as session,
            session.get(
                url, timeout=SECONDS / 2, allow_redirects=False, stream=True, verify=authorities or True
            ) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                raise JwksError(f"{url}: answers {response.status_code}")
            return _whole(response, deadline, url)
    except (requests.RequestException, OSError) as error:
        raise JwksError(f"{url}: {type(error).__name__}") from error


def _whole(response: requests.Response, deadline: Deadline, url: str) -> bytes:
    body = b""
    for chunk in chunks(response, deadline):
        body += chunk
        if len(body) > MAX_BYTES:
            raise JwksError(f"{url}: more than {MAX_BYTES} bytes")
    return body
