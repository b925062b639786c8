"""The clients file: a TOML list of the clients that may call. Every mistake is reported with its place."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from cds_service.adapters.fhir_client import AllowedServers
from cds_service.adapters.jwks import JwksError, read_keys
from cds_service.adapters.outbound import parse_base
from cds_service.errors import SettingsError
from cds_service.fhir_mapping.searches import USUAL_BASE, SearchStyle
from cds_service.knowledge.profiles import load_profiles


@dataclass(frozen=True, slots=True)
class Client:
    """A caller: the identity of an EHR, and what it may do.

    In demo mode there is one client without an issuer. `tenant` empty: the issuer has only one client. `services` None:
    all of them. `silent`: the services whose cards this client does not get. `client_id`: ours at its authorization
    server; empty: not checked. `searches`: how its servers are searched.
    """

    name: str
    issuer: str
    fhir_servers: AllowedServers
    services: frozenset[str] | None = None
    silent: frozenset[str] = frozenset()
    client_id: str = ""
    tenant: str = ""
    searches: SearchStyle = field(default_factory=SearchStyle)

    @property
    def realm(self) -> str:
        """The namespace in which an id identifies one patient or user: issuer and tenant."""
        return f"{self.issuer}\0{self.tenant}"

    def may_call(self, service: str) -> bool:
        """Whether the client may call the service."""
        return self.services is None or service in self.services

    def is_silent(self, service: str) -> bool:
        """Whether the service computes and logs for this client without showing cards."""
        return service in self.silent


@dataclass(frozen=True, slots=True)
class Registration:
    """A client, and the requirements for its tokens; times in seconds.

    `audience`: names by which it may address us, besides our own URLs. `jwks`: the URL or file of its public keys.
    """

    client: Client
    jwks: str | Path
    algorithms: tuple[str, ...]
    audience: frozenset[str]
    leeway: float
    lifetime: float


# Only asymmetric ones (hooks:J6); the specification recommends the first two (hooks:J7).
Algorithm = Literal["ES384", "RS384", "ES256", "ES512", "PS256", "PS384", "PS512", "RS256", "RS512"]
Text = Annotated[str, msgspec.Meta(min_length=1)]
GENERIC = "generic"
# Leaves room for a code beside the longest id and a long base URL.
SHORTEST_LIMIT = 1000
_TABLE, _NAME = "client", r"^[a-z0-9][a-z0-9-]{0,39}$"


class ClientsFileError(SettingsError):
    """The clients file cannot be used; `mistakes` lists everything that is wrong with it."""

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        """Join the mistakes into one line."""
        super().__init__(f"{file.name}: {'; '.join(mistakes)}")
        self.mistakes = tuple(mistakes)


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One [[client]] table."""

    name: Annotated[str, msgspec.Meta(pattern=_NAME)]
    issuer: Text
    jwks_url: Text = ""
    jwks_file: Text = ""
    fhir_servers: tuple[str, ...] = ()
    audience: tuple[Text, ...] = ()
    tenant: Text = ""
    algorithms: Annotated[tuple[Algorithm, ...], msgspec.Meta(min_length=1)] = ("ES384", "RS384")
    leeway_s: Annotated[float, msgspec.Meta(ge=0, le=300)] = 60.0
    lifetime_s: Annotated[float, msgspec.Meta(gt=0, le=86400)] = 3600.0
    services: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] | None = None
    silent: bool | tuple[str, ...] = False
    client_id: Text = ""
    profile: Text = GENERIC
    url_limit: Annotated[int, msgspec.Meta(ge=SHORTEST_LIMIT, le=8000)] = 0
    by_post: bool = False
    dated_templates: bool = False


_FIELDS = {one.name: one for one in msgspec.structs.fields(_Entry)}
# Stands in for a required value that is missing, so that the rest of the client can be checked.
_STAND_IN = {"name": "client", "issuer": "urn:client"}


class _Read(NamedTuple):
    """A client as far as it could be read: `malformed` keys are treated as if they were left out."""

    place: str
    entry: _Entry
    malformed: frozenset[str]


class _Entries(NamedTuple):
    """The clients of a file, and a list of what could not be read."""

    read: list[_Read]
    mistakes: list[str]


def read_clients(file: Path, services: Collection[str], *, demo: bool = False) -> tuple[Registration, ...]:
    """The clients of a file. Raises ClientsFileError.

    `services`: the ids of the existing services. `demo`: FHIR servers on this machine may use http.
    """
    read, mistakes = _entries(file)
    for one in read:
        judged = (*_wrong(one.entry, services, demo=demo), *_wrong_keys(one, file))
        mistakes += [f"{one.place}.{key}: {wrong}" for key, wrong in judged if key not in one.malformed]
    mistakes += _claimed_twice(read)
    if mistakes:
        raise ClientsFileError(file, mistakes)
    return tuple(_registration(one.entry, file, services) for one in read)


def _entries(file: Path) -> _Entries:
    """Each client in its typed form with its place in the file."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ClientsFileError(file, [str(error)]) from error
    tables = given.get(_TABLE)
    if not isinstance(tables, list) or not tables or set(given) != {_TABLE}:
        raise ClientsFileError(file, [f"a list of [[{_TABLE}]] with at least one client is expected, and nothing else"])
    read, mistakes = [], []
    for place, table in zip(_places(tables), tables, strict=True):
        if not isinstance(table, dict):
            mistakes.append(f"{place}: expected a table")
            continue
        malformed = dict(_malformed(table))
        mistakes += [f"{place}.{key}: not understood" for key in table if key not in _FIELDS]
        mistakes += [f"{place}.{key}: {wrong}" for key, wrong in malformed.items()]
        good = {key: value for key, value in table.items() if key not in malformed}
        read.append(_Read(place, msgspec.convert(_STAND_IN | good, _Entry), frozenset(malformed)))
    return _Entries(read, mistakes)


def _places(tables: list[Any]) -> Iterator[str]:
    """Names each client by its name if that is unique, else by its number."""
    names = [table.get("name") if isinstance(table, dict) else None for table in tables]
    for number, name in enumerate(names):
        named = isinstance(name, str) and re.fullmatch(_NAME, name) and names.count(name) == 1
        yield f"{_TABLE}.{name if named else number}"


def _malformed(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is missing, or has a wrong type or range, and why."""
    yield from ((name, "missing") for name, one in _FIELDS.items() if one.required and name not in table)
    for name, one in _FIELDS.items():
        if name in table:
            try:
                msgspec.convert(table[name], one.type)
            except msgspec.ValidationError as error:
                yield name, str(error)


def _wrong(entry: _Entry, services: Collection[str], *, demo: bool) -> Iterator[tuple[str, str]]:
    """Values of the right form that cannot be correct."""
    if not urlsplit(entry.issuer).scheme:
        yield "issuer", "not a URI"
    for server in entry.fhir_servers:
        yield from (("fhir_servers", f"{server}: {wrong}") for wrong in _unsafe(server, http=demo))
    yield from _wrong_searches(entry)
    silent = entry.silent if isinstance(entry.silent, tuple) else ()
    for key, named in (("services", entry.services or ()), ("silent", silent)):
        yield from (
            (key, f"{name}: no such service; known services: {', '.join(services)}")
            for name in named
            if name not in services
        )


def _wrong_searches(entry: _Entry) -> Iterator[tuple[str, str]]:
    profile = load_profiles().get(entry.profile)
    if profile is None:
        yield "profile", f"{entry.profile}: no such profile; known profiles: {', '.join(load_profiles())}"
    elif entry.by_post and not profile.post:
        yield "by_post", f"no search by POST is known to work for the profile {entry.profile}"


def _wrong_keys(read: _Read, file: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the location of the public keys, or with the file that contains them."""
    entry, sources = read.entry, {"jwks_url", "jwks_file"}
    if read.malformed & sources:
        return
    if bool(entry.jwks_url) == bool(entry.jwks_file):
        yield "jwks_url", "exactly one of jwks_url and jwks_file is needed"
    elif entry.jwks_url:
        yield from (("jwks_url", wrong) for wrong in _unsafe(entry.jwks_url, http=True))
    elif "algorithms" not in read.malformed:
        yield from (("jwks_file", wrong) for wrong in _no_keys(file.parent / entry.jwks_file, entry))


def _unsafe(url: str, *, http: bool) -> Iterator[str]:
    """Why a URL is not safe; `http`: http is accepted on this machine."""
    try:
        base = parse_base(url)
    except ValueError as error:
        yield str(error)
        return
    if base.scheme == "https" or (http and base.is_loopback):
        return
    yield f"must be https (http is allowed only on this machine{'' if http else ', in a demo'})"


def _no_keys(jwks: Path, entry: _Entry) -> Iterator[str]:
    try:
        read_keys(jwks.read_bytes(), entry.algorithms)
    except OSError as error:
        yield f"{jwks}: {error.strerror}"
    except JwksError as error:
        yield f"{jwks}: {error}"


def _claimed_twice(read: list[_Read]) -> list[str]:
    """Clients that a token would not distinguish: it must lead to one client by its issuer, or by issuer and tenant."""
    mistakes = []
    told_apart_by: dict[str, Callable[[_Entry], object]] = {
        "name": lambda entry: entry.name,
        "issuer": lambda entry: (entry.issuer, entry.tenant),
    }
    for key, of in told_apart_by.items():
        sure = [one for one in read if not one.malformed & {key, "tenant"}]
        times = Counter(of(one.entry) for one in sure)
        mistakes += [f"{one.place}.{key}: already used by another client" for one in sure if times[of(one.entry)] > 1]
    with_tenant = {one.entry.issuer for one in read if one.entry.tenant and "issuer" not in one.malformed}
    return mistakes + [
        f"{one.place}.tenant: needed because another client has the same issuer"
        for one in read
        if not one.entry.tenant and one.entry.issuer in with_tenant and not one.malformed & {"issuer", "tenant"}
    ]


def _registration(entry: _Entry, file: Path, services: Collection[str]) -> Registration:
    silent = tuple(services) * entry.silent if isinstance(entry.silent, bool) else entry.silent
    client = Client(
        name=entry.name,
        issuer=entry.issuer,
        fhir_servers=AllowedServers.of(entry.fhir_servers),
        services=None if entry.services is None else frozenset(entry.services),
        silent=frozenset(silent),
        client_id=entry.client_id,
        tenant=entry.tenant,
        searches=_style(entry),
    )
    return Registration(
        client=client,
        jwks=entry.jwks_url or file.parent / entry.jwks_file,
        algorithms=entry.algorithms,
        audience=frozenset(entry.audience),
        leeway=entry.leeway_s,
        lifetime=entry.lifetime_s,
    )


def _style(entry: _Entry) -> SearchStyle:
    return SearchStyle(
        profile=load_profiles()[entry.profile],
        url_limit=entry.url_limit,
        by_post=entry.by_post,
        dated_templates=entry.dated_templates,
        longest_base=max((USUAL_BASE, *map(len, entry.fhir_servers))),
    )
