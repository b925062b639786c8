"""The clients file: whether it can be used, and what in it deserves attention."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from cds_service.adapters.clients import ClientsFileError, Registration, read_clients
from cds_service.checks.report import Report


def check_clients(file: Path, services: Collection[str], *, demo: bool = False) -> Report:
    """Read the file as `serve` does, or as `serve --demo` does; keys at a URL are not fetched."""
    try:
        registrations = read_clients(file, services, demo=demo)
    except ClientsFileError as error:
        return Report("clients", file.name, error.mistakes)
    names = ", ".join(one.client.name for one in registrations)
    return Report("clients", names, warnings=tuple(note for one in registrations for note in _notes(one)))


def _notes(registration: Registration) -> Iterator[str]:
    client = registration.client
    if not client.fhir_servers.bases:
        yield f"{client.name}: no fhir_servers, so all data must come as prefetch"
    if client.silent:
        yield f"{client.name}: no cards are shown for {', '.join(sorted(client.silent))}"
