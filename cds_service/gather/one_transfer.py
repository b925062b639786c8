"""One transfer for two keys whose templates are equal: a client need not send the same Bundle twice."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from cds_service.fhir_mapping.r4.bundles import Page
from cds_service.gather.outcome import Outcome
from cds_service.gather.prefetch import judge_search

# The parameters that name the patient, and those that leave nothing out.
WHOSE = frozenset({"patient", "subject"})
NEUTRAL = WHOSE | {"_sort", "_count", "_include", "_total", "_format", "_pretty"}


def take_from_equal_keys(outcomes: Sequence[Outcome], sent: Container[str], as_of: datetime) -> None:
    """Settle a requirement that was neither `sent` nor fetched with what was sent for an equal template.

    Only if the Bundle says itself, by its self link, that the search was not narrowed: a client may have used a
    template of its own for the other key.
    """
    for outcome in outcomes:
        requirement = outcome.requirement
        if outcome.received or requirement.key in sent:
            continue
        for other in outcomes:
            equal = other is not outcome and other.requirement.template() == requirement.template()
            if equal and other.received and len(other.pages) == 1 and _is_of_everything(other.pages[0]):
                judge_search(outcome, other.pages[0], as_of)


def _is_of_everything(page: Page) -> bool:
    """Whether the page is of a search that names the patient, and nothing else that could leave a resource out."""
    try:
        names = {name for name, _ in parse_qsl(urlsplit(page.self_link or "").query)}
    except ValueError:
        return False
    return bool(names & WHOSE) and names <= NEUTRAL
