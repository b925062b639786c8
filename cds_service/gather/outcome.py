"""The data wanted for a call, and the outcome of each requirement."""

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
    """The patient, and the permitted sources of data.

    `entry_limit`: the maximum number of prefetch entries. `server` None: none may be called; `refused_server` then says
    why a named one is not. `orders`: resources sent in the call itself, whose drugs may need to be looked up.
    """

    patient_id: str
    encounter_id: str | None
    prefetch: Mapping[str, msgspec.Raw]
    entry_limit: int
    server: FhirServer | None
    refused_server: str = ""
    orders: Sequence[Any] = ()


def left_out(pages: Sequence[Page], requirement: Requirement) -> str:
    """Why a response may be incomplete other than by a cut-off of older entries; empty if it is complete."""
    said = next((page.incomplete for page in pages if page.incomplete), "")
    if said or any(page.error for page in pages):
        return said or "an error beside results"
    first = pages[0]
    is_alone = len(pages) == 1 and first.next_link is None and first.entries < requirement.count
    if is_alone and first.total is not None and first.total > first.matches:
        return f"{first.matches} of {first.total} came"
    return ""


@dataclass(slots=True)
class Outcome:
    """The outcome of one requirement.

    `received`: it was answered, even if with no data. `settled`: asking the server would not help. `gap`: in what way
    it is missing. `why`: what the server did, for an integration engineer.
    """

    requirement: Requirement
    received: bool = False
    settled: bool = False
    gap: GapKind | None = None
    why: str = ""
    pages: list[Page] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """It was requested and did not arrive."""
        return not self.received and bool(self.gap)

    @property
    def is_whole(self) -> bool:
        """It was answered, and what is missing, if anything, is only older."""
        return self.received and self.gap is not GapKind.INCOMPLETE

    @property
    def unavailable(self) -> bool:
        """There was no source to request it from."""
        return not self.received and not self.gap

    @property
    def resources(self) -> list[Any]:
        """All resources that arrived."""
        return [resource for page in self.pages for resource in page.resources]
