"""Clients that were set up before a key existed send its data under an older one (contract.md 2)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from cds_service.clinical.facts.gap import GapKind
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.r4.structs import Observation
from cds_service.fhir_mapping.terminology import normalised
from cds_service.gather.outcome import Outcome


def take_from_older_keys(outcomes: Sequence[Outcome], sent: Container[str]) -> None:
    """Settle what was neither `sent` as prefetch nor fetched by what came under the older key, if that holds any of it.

    What is older may be missing where the page was full, or where the server was asked for all of it in vain.
    """
    by_key = {outcome.requirement.key: outcome for outcome in outcomes}
    for outcome in outcomes:
        older = by_key.get(outcome.requirement.once_in)
        if older is None or outcome.got or outcome.requirement.key in sent or older.requirement.key not in sent:
            continue
        if _holds(older, outcome.requirement):
            incomplete = (
                outcome.gap or older.gap or any(page.entries >= older.requirement.count for page in older.pages)
            )
            outcome.got, outcome.gap = True, GapKind.TRUNCATED if incomplete else None


def _holds(older: Outcome, requirement: Requirement) -> bool:
    """Whether any of its Observations has a code of the newer key."""
    codings = (coding for one in older.resources if isinstance(one, Observation) for coding in one.code.coding)
    return any(normalised(coding) in requirement.codes for coding in codings)
