"""The requests by number: the number alone determines a request, so that each can be sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
from flask import Flask

from tests.fuzz.corpus import Seed, seeds
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Answer, call, service, signed_service
from tests.fuzz.tokens import good, wrong
from tests.fuzz.transport import BASE, FhirServer, install

Json = dict[str, Any]
ACCESS = {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "icans"}
_CALLS = 0.85


class Attempt(NamedTuple):
    """One request; `kind`: what is wrong with it. `record`: the data of the FHIR server, slightly wrong."""

    kind: str
    path: str
    body: bytes
    authorization: str | None = None
    record: Mapping[str, Json] = {}


class Attempts:
    """Requests to a service without authentication, and to one whose client signs."""

    def __init__(self, folder: Path, seed: int) -> None:
        """`folder`: for stores and the clients file."""
        self.demo, self.signed = service(BASE, store=str(folder / "demo.sqlite")), signed_service(folder)
        self._seed = seed
        self._corpus = seeds(self.demo)
        self._calls = [one for one in self._corpus if not one.path.endswith("/feedback")]
        self._feedback = [one for one in self._corpus if one not in self._calls]
        self._bodies = [one.body for one in self._corpus]
        self._fhir = FhirServer(self._bodies)
        install(self._fhir)
        self._kinds: Sequence[Callable[[Random], Attempt]] = (
            self._body, self._body, self._answers, self._answers, self._signed, self._signed_answers, self._token,
        )  # fmt: skip

    def of(self, number: int) -> Attempt:
        """The request with this number."""
        random = Random(f"{self._seed}/{number}")
        return random.choice(self._kinds)(random)

    def send(self, number: int, attempt: Attempt) -> Answer:
        """Send it to the service that it is for."""
        self._fhir.begin(f"{self._seed}/{number}", attempt.record)
        app: Flask = self.signed if attempt.kind.startswith("signed") else self.demo
        return call(app, attempt.path, attempt.body, attempt.authorization)

    def _seed_of(self, random: Random) -> Seed:
        """A call or, less often, feedback."""
        return random.choice(self._calls if random.random() < _CALLS else self._feedback)

    def _body(self, random: Random) -> Attempt:
        path, body = self._seed_of(random)
        return Attempt("body", path, mutated(body, random, self._bodies))

    def _answers(self, random: Random) -> Attempt:
        path, body, record = _by_fhir(random.choice(self._calls), random)
        return Attempt("answers", path, body, record=record)

    def _signed(self, random: Random) -> Attempt:
        path, body = self._seed_of(random)
        return Attempt("signed, body", path, mutated(body, random, self._bodies), good(path))

    def _signed_answers(self, random: Random) -> Attempt:
        path, body, record = _by_fhir(random.choice(self._calls), random)
        return Attempt("signed, answers", path, body, good(path), record)

    def _token(self, random: Random) -> Attempt:
        path, body = self._seed_of(random)
        return Attempt("signed, token", path, body, wrong(path, random))


def _by_fhir(seed: Seed, random: Random) -> tuple[str, bytes, Mapping[str, Json]]:
    """The request with some of its prefetch, usually all, left to the FHIR server."""
    request = msgspec.json.decode(seed.body)
    record = request.pop("prefetch")
    kept = {key: value for key, value in record.items() if random.random() < random.choice((0, 0, 0.5))}
    request |= {"fhirServer": BASE, "fhirAuthorization": ACCESS, **({"prefetch": kept} if kept else {})}
    return seed.path, msgspec.json.encode(request), record
