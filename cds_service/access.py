"""Access control: who may call, and which servers the service may call, built from the settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from cds_service.adapters.client_auth import Anybody, Callers, Registered, RegisteredClients
from cds_service.adapters.clients import Client, Registration, read_clients
from cds_service.adapters.database import Database
from cds_service.adapters.fhir_client import AllowedServers, Limits
from cds_service.adapters.jwks import KeyRing, source_of
from cds_service.adapters.outbound import BaseUrl, parse_base
from cds_service.adapters.tokens import SeenTokenStore
from cds_service.errors import SettingsError
from cds_service.fhir_mapping.searches import SearchStyle
from cds_service.knowledge.profiles import load_profiles
from cds_service.settings import BYTES_A_MB, Settings

DEMO = "demo"


def check_access(settings: Settings, services: Collection[str]) -> None:
    """Check the settings before anything is started.

    Raises SettingsError if anyone could call, or a file is wrong.
    """
    if settings.fhir_server and (settings.clients or not settings.demo):
        raise SettingsError(
            "ICANS_FHIR_SERVER is for a demo without clients; otherwise each client has its own fhir_servers"
        )
    if _authenticates(settings):
        _registrations(settings, services)
        _public_url(settings)
    else:
        visitor(settings)
    if settings.ca_file and not Path(settings.ca_file).is_file():
        raise SettingsError(f"ICANS_CA_FILE: no such file: {settings.ca_file}")


def callers_of(
    settings: Settings, services: Collection[str], now: Callable[[], datetime], database: Database
) -> Callers:
    """The authentication of callers. Raises SettingsError as `check_access` does."""
    check_access(settings, services)
    if not _authenticates(settings):
        return Anybody(visitor(settings))
    registrations, public_url = _registrations(settings, services), _public_url(settings)
    registered = (Registered(one, _key_ring(one, settings)) for one in registrations)
    return RegisteredClients(registered, public_url, SeenTokenStore(database), now)


def limits_of(settings: Settings) -> Limits:
    """The limits on all searches of one call together."""
    return Limits(
        seconds=settings.deadline_seconds,
        answer_bytes=int(settings.answer_limit_mb * BYTES_A_MB),
        entries=settings.entry_limit,
        authorities=settings.ca_file or None,
    )


def _registrations(settings: Settings, services: Collection[str]) -> tuple[Registration, ...]:
    """The registered clients. Raises SettingsError."""
    if not settings.clients:
        raise SettingsError(
            "refusing to start: every caller must be authenticated. Name the clients with --clients FILE, "
            "or use --demo to try the service out; never use a demo with patients."
        )
    return read_clients(Path(settings.clients), services, demo=settings.demo)


def _authenticates(settings: Settings) -> bool:
    """Whether callers are authenticated; in a demo only if clients are given."""
    return bool(settings.clients) or not settings.demo


def visitor(settings: Settings) -> Client:
    """The client for the demo's pages and, in a demo without clients, for every caller. Raises SettingsError."""
    try:
        servers = AllowedServers.of(settings.fhir_server, loopback=True)
    except ValueError as error:
        raise SettingsError(f"ICANS_FHIR_SERVER: {error}") from error
    profile = load_profiles().get(settings.profile)
    if profile is None:
        raise SettingsError(f"ICANS_PROFILE: {settings.profile!r} is none of {', '.join(load_profiles())}")
    return Client(name=DEMO, issuer="", fhir_servers=servers, searches=SearchStyle(profile))


def _public_url(settings: Settings) -> BaseUrl:
    try:
        url = parse_base(settings.public_url)
    except ValueError as error:
        raise SettingsError(f"ICANS_PUBLIC_URL: {error}; clients sign for this address") from error
    if not url.is_safe:
        raise SettingsError("ICANS_PUBLIC_URL must be https (http is allowed only on this machine)")
    return url


def _key_ring(registration: Registration, settings: Settings) -> KeyRing:
    fetch = source_of(registration.jwks, settings.ca_file or None)
    return KeyRing(fetch, registration.algorithms)
