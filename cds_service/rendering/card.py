"""A card in the terms of CDS Hooks but before FHIR."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.clinical.findings.notice import Change
from cds_service.clinical.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to order or to change, as an option: what the reader sees, and what would be done."""

    label: str
    offer: Proposal | Change


@dataclass(frozen=True, slots=True)
class Card:
    """One card: kind, urgency and topic are codes, the rest is in the reader's language."""

    kind: str
    summary: str
    detail: str
    indicator: str
    topic: str
    suggestions: tuple[Suggestion, ...]
