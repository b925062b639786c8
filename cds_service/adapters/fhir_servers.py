"""Which FHIR servers may be called: the caller names one, the list of the client decides (hooks:F4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cds_service.adapters.base_url import BaseUrl, parse_base


@dataclass(frozen=True, slots=True)
class AllowedServers:
    """Servers by their base URL, and in demo mode any on this machine."""

    bases: frozenset[BaseUrl] = frozenset()
    loopback: bool = False

    @classmethod
    def of(cls, urls: Iterable[str], *, loopback: bool = False) -> Self:
        """The servers of a list. Raises ValueError for a URL that is not plainly a base."""
        return cls(frozenset(parse_base(url) for url in urls), loopback)

    def find(self, named: str) -> BaseUrl | None:
        """The server that a call names, in our own writing; None: it may not be called."""
        try:
            base = parse_base(named)
        except ValueError:
            return None
        return base if base in self.bases or (self.loopback and base.is_loopback) else None
