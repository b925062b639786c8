"""The public keys of a client (JWK Set, RFC 7517): read, kept for a while, read again when a key is unknown.

A key that has left the set is not accepted any more once the set has been read again. While the set cannot be read,
the keys of the last time are good for a day.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
from jwt import PyJWK, PyJWTError

from cds_service.errors import IcansCdsError

log = logging.getLogger(__name__)
Keys = Mapping[tuple[str, str], PyJWK]
MAX_KEYS = 100


class JwksError(IcansCdsError):
    """Something is no JWK Set, holds no key for us, or could not be had."""


class Freshness(NamedTuple):
    """Seconds: how long keys are fresh, how long they are good, and how long to wait before asking again.

    An ask for an unknown key may follow soon (`cool_down`); one for keys that are merely old need not (`retry`).
    `wait`: how long a call stands by while another one asks.
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
    """The keys of one client; safe for threads.

    `fetch` gives the text of the set or raises JwksError; `clock` counts seconds.
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
        """The key of this name for this algorithm; None if there is none. Raises JwksError where no set can be had."""
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
        """Whether to look: keys may be old, or this one too new. An ask in progress counts as one."""
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


def _usable(member: Any, algorithms: Collection[str]) -> Iterator[tuple[tuple[str, str], PyJWK]]:
    """A member under every algorithm that it is for; what we cannot use is passed over (RFC 7517, section 5)."""
    kid = member.get("kid") if isinstance(member, dict) else None
    if not isinstance(kid, str) or member.get("use", "sig") != "sig":
        return
    for algorithm in algorithms:
        if member.get("alg", algorithm) == algorithm:
            with suppress(PyJWTError, ValueError, TypeError):
                key = PyJWK(member, algorithm)
                key.Algorithm.prepare_key(key.key)
                if key.Algorithm.check_key_length(key.key) is None:
                    yield (kid, algorithm), key
