"""CDS Clients: who may call, and how their word is checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cds_service.adapters.fhir_servers import AllowedServers


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls: an EHR's identity and what it may do.

    In demo mode there is one client without an issuer. `tenant` empty: the issuer has one client here. `services`
    None: all of them. `silent`: the services that answer it without cards. `client_id`: ours, as its authorization
    server knows us; empty: not checked.
    """

    name: str
    issuer: str
    fhir_servers: AllowedServers
    services: frozenset[str] | None = None
    silent: frozenset[str] = frozenset()
    client_id: str = ""
    tenant: str = ""

    @property
    def realm(self) -> str:
        """Within it an id of a patient or a user is one person: issuer and tenant."""
        return f"{self.issuer}\0{self.tenant}"

    def may_call(self, service: str) -> bool:
        """Whether the service is one of its own."""
        return self.services is None or service in self.services

    def is_silent(self, service: str) -> bool:
        """Whether the service computes and logs for it, and shows nothing."""
        return service in self.silent


@dataclass(frozen=True, slots=True)
class Registration:
    """A client with what its tokens must look like; times in seconds.

    `audience`: names by which it may call us, besides the URLs of our own. `jwks`: the URL or the file of its public
    keys.
    """

    client: Client
    jwks: str | Path
    algorithms: tuple[str, ...]
    audience: frozenset[str]
    leeway: float
    lifetime: float
