"""Data under an older prefetch key, from clients that were set up before a newer key existed (contract.md 2)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from cds_service.clinical.facts.gap import GapKind
from cds_service.fhir_mapping.codes import normalised
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.r4.structs import Observation
from cds_service.gather.outcome import Outcome


def take_from_older_keys(outcomes: Sequence[Outcome], sent: Container[str]) -> None:
    """Settle a requirement that was neither `sent` nor fetched with data found under an older key, if there are any.

    Older data may be missing if the page was full, or if the request for all of it to the server failed.
    """
    by_key = {outcome.requirement.key: outcome for outcome in outcomes}
    for outcome in outcomes:
        older = by_key.get(outcome.requirement.once_in)
        if older is None or outcome.received or outcome.requirement.key in sent or older.requirement.key not in sent:
            continue
        if _holds(older, outcome.requirement):
            incomplete = (
                outcome.gap or older.gap or any(page.entries >= older.requirement.count for page in older.pages)
            )
            outcome.received, outcome.gap = True, GapKind.TRUNCATED if incomplete else None


def _holds(older: Outcome, requirement: Requirement) -> bool:
    """Whether any of its Observations has a code of the newer key."""
    codings = (coding for one in older.resources if isinstance(one, Observation) for coding in one.code.coding)
    wanted = set(map(normalised, requirement.codes))
    return any(normalised(coding) in wanted for coding in codings)
