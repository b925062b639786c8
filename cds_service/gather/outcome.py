"""What is wanted of a call, and what became of each requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.adapters.fhir_client import FhirServer
from cds_service.clinical.facts.gap import GapKind
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.r4.bundles import Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data, and where they may come from.

    `entry_limit`: most entries that the prefetch may have. `server` None: there is none that may be called;
    `refused_server` then says why a named one is not called. `orders`: resources that the call itself brought, for the
    drugs that they refer to.
    """

    patient_id: str
    encounter_id: str | None
    prefetch: Mapping[str, msgspec.Raw]
    entry_limit: int
    server: FhirServer | None
    refused_server: str = ""
    orders: Sequence[Any] = ()


@dataclass(slots=True)
class Outcome:
    """What became of one requirement.

    `got`: it was answered, be it with nothing. `settled`: there is no use in asking the server. `gap`: in what
    way it is missing. `why`: what the server did, for an integration engineer.
    """

    requirement: Requirement
    got: bool = False
    settled: bool = False
    gap: GapKind | None = None
    why: str = ""
    pages: list[Page] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """It was asked for and did not arrive."""
        return not self.got and bool(self.gap)

    @property
    def no_way(self) -> bool:
        """Nobody could be asked."""
        return not self.got and not self.gap

    @property
    def resources(self) -> list[Any]:
        """Everything that arrived."""
        return [resource for page in self.pages for resource in page.resources]
