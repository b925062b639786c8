"""The clients file: a TOML list of those who may call, read so strictly that every mistake is named with its place."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from cds_service.adapters.base_url import parse_base
from cds_service.adapters.clients import Client, Registration
from cds_service.adapters.fhir_servers import AllowedServers
from cds_service.adapters.jwks import JwksError, read_keys
from cds_service.errors import SettingsError

# Asymmetric ones only (hooks:J6); the first two are what the specification recommends (hooks:J7).
Algorithm = Literal["ES384", "RS384", "ES256", "ES512", "PS256", "PS384", "PS512", "RS256", "RS512"]
Text = Annotated[str, msgspec.Meta(min_length=1)]
_TABLE = "client"


class ClientsFileError(SettingsError):
    """The file cannot be served with; `mistakes` are all that are wrong with it."""

    def __init__(self, file: Path, mistakes: Sequence[str]) -> None:
        """In one line."""
        super().__init__(f"{file.name}: {'; '.join(mistakes)}")
        self.mistakes = tuple(mistakes)


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One [[client]]."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
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


_FIELDS = {field.name: field for field in msgspec.structs.fields(_Entry)}


def read_clients(file: Path, services: Collection[str]) -> tuple[Registration, ...]:
    """The clients of a file; `services`: the ids that there are. Raises ClientsFileError."""
    entries, mistakes = _entries(file)
    mistakes += [f"{place}.{wrong}" for place, entry in entries for wrong in _wrong(entry, file, services)]
    mistakes += _claimed_twice(entries)
    if mistakes:
        raise ClientsFileError(file, mistakes)
    return tuple(_registration(entry, file, services) for _, entry in entries)


def _entries(file: Path) -> tuple[list[tuple[str, _Entry]], list[str]]:
    """Each client in its typed form with its place in the file, and what is not of that form."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ClientsFileError(file, [str(error)]) from error
    tables = given.get(_TABLE)
    if not isinstance(tables, list) or not tables or set(given) != {_TABLE}:
        raise ClientsFileError(file, [f"a list of [[{_TABLE}]] is expected, one client at least, and nothing else"])
    entries, mistakes = [], []
    for number, table in enumerate(tables):
        place = f"{_TABLE}.{number}"
        if not isinstance(table, dict):
            mistakes.append(f"{place}: a table is expected")
            continue
        mistakes += [f"{place}.{key}: not understood" for key in table if key not in _FIELDS]
        malformed = [f"{place}.{wrong}" for wrong in _malformed(table)]
        mistakes += malformed
        if not malformed:
            entries.append((place, msgspec.convert(table, _Entry)))
    return entries, mistakes


def _malformed(table: dict[str, Any]) -> Iterator[str]:
    """What is missing, or of a wrong type or range."""
    yield from (f"{name}: missing" for name, field in _FIELDS.items() if field.required and name not in table)
    for name, field in _FIELDS.items():
        if name in table:
            try:
                msgspec.convert(table[name], field.type)
            except msgspec.ValidationError as error:
                yield f"{name}: {error}"


def _wrong(entry: _Entry, file: Path, services: Collection[str]) -> Iterator[str]:
    """What has the right form and cannot be right."""
    if not urlsplit(entry.issuer).scheme:
        yield "issuer: not a URI"
    for server in entry.fhir_servers:
        yield from (f"fhir_servers: {server}: {wrong}" for wrong in _unsafe(server))
    named = (*(entry.services or ()), *(entry.silent if isinstance(entry.silent, tuple) else ()))
    yield from (f"services: {name}: there is only {', '.join(services)}" for name in named if name not in services)
    if bool(entry.jwks_url) == bool(entry.jwks_file):
        yield "jwks_url: one of jwks_url and jwks_file is needed, and not both"
    elif entry.jwks_url:
        yield from (f"jwks_url: {wrong}" for wrong in _unsafe(entry.jwks_url))
    else:
        yield from (f"jwks_file: {wrong}" for wrong in _no_keys(file.parent / entry.jwks_file, entry))


def _unsafe(url: str) -> Iterator[str]:
    try:
        if not parse_base(url).is_safe:
            yield "must be https (http is for this machine alone)"
    except ValueError as error:
        yield str(error)


def _no_keys(jwks: Path, entry: _Entry) -> Iterator[str]:
    try:
        read_keys(jwks.read_bytes(), entry.algorithms)
    except OSError as error:
        yield f"{jwks}: {error.strerror}"
    except JwksError as error:
        yield f"{jwks}: {error}"


def _claimed_twice(entries: list[tuple[str, _Entry]]) -> list[str]:
    """A token must lead to one client: by its issuer, or by issuer and tenant."""
    mistakes = []
    kinds: tuple[tuple[str, Callable[[_Entry], object]], ...] = (
        ("name", lambda entry: entry.name),
        ("issuer", lambda entry: (entry.issuer, entry.tenant)),
    )
    for key, of in kinds:
        times = Counter(of(entry) for _, entry in entries)
        mistakes += [f"{place}.{key}: another client has the same" for place, entry in entries if times[of(entry)] > 1]
    with_tenant = {entry.issuer for _, entry in entries if entry.tenant}
    return mistakes + [
        f"{place}.tenant: needed, since another client has the same issuer"
        for place, entry in entries
        if not entry.tenant and entry.issuer in with_tenant
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
    )
    return Registration(
        client=client,
        jwks=entry.jwks_url or file.parent / entry.jwks_file,
        algorithms=entry.algorithms,
        audience=frozenset(entry.audience),
        leeway=entry.leeway_s,
        lifetime=entry.lifetime_s,
    )
