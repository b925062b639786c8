"""Which FHIR servers may be called: the caller names one, a list decides (hooks:F4)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class AllowedServers:
    """Servers by their base URL, and in demo mode any on this machine."""

    bases: tuple[str, ...]
    loopback: bool

    def allows(self, base: str) -> bool:
        """Whether a call may go there; anything that is not plainly a server's base is refused."""
        try:
            parts = urlsplit(base)
            host, named = parts.hostname, base.rstrip("/") in {one.rstrip("/") for one in self.bases}
            _ = parts.port
        except ValueError:
            return False
        if parts.scheme not in SCHEMES or not host or parts.username is not None or parts.query or parts.fragment:
            return False
        return named or (self.loopback and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
