"""The prefetch of a call; the four kinds of empty are distinguished (hooks:P7, P8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from cds_service.clinical.facts.gap import GapKind
from cds_service.errors import NotJsonError
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.bundles import NotJson, Page, read_page
from cds_service.gather.newest_first import UNSORTED, is_newest_first, time_of
from cds_service.gather.outcome import Outcome, left_out


def from_prefetch(requirement: Requirement, prefetch: Mapping[str, msgspec.Raw], as_of: datetime) -> Outcome:
    """The outcome of one requirement from the prefetch. Raises NotJsonError for invalid JSON.

    Key absent: not satisfied. Null: searched, nothing found. OperationOutcome: the search failed. Bundle without
    entries: nothing found.
    """
    raw = prefetch.get(requirement.key)
    if raw is None:
        return Outcome(requirement)
    if bytes(raw) == b"null":
        return Outcome(requirement, received=not requirement.is_read)
    try:
        page = read_page(raw)
    except NotJson as error:
        raise NotJsonError("The prefetch holds JSON that cannot be read.") from error
    return _read_of(requirement, page) if requirement.is_read else _search_of(requirement, page, as_of)


def _read_of(requirement: Requirement, page: Page) -> Outcome:
    """The Patient; a Patient without an id is treated as missing."""
    if any(isinstance(one, structs.Patient) and one.id for one in page.resources):
        return Outcome(requirement, received=True, pages=[page])
    return Outcome(requirement, settled=bool(page.failure), gap=page.failure or GapKind.UNREADABLE)


def _search_of(requirement: Requirement, page: Page, as_of: datetime) -> Outcome:
    if page.error and not page.resources:
        # An OperationOutcome: the client's query failed, and it is not repeated.
        return Outcome(requirement, settled=bool(page.failure), gap=page.failure or GapKind.UNREADABLE)
    outcome = Outcome(requirement)
    judge_search(outcome, page, as_of)
    return outcome


def judge_search(outcome: Outcome, page: Page, as_of: datetime) -> None:
    """Take a page as the answer, and say what it lacks."""
    why = left_out([page], outcome.requirement)
    gap = GapKind.INCOMPLETE if why else _cut_off(page, outcome.requirement, as_of)
    if gap is GapKind.INCOMPLETE and not why:
        why = UNSORTED
    outcome.received, outcome.gap, outcome.why, outcome.pages = True, gap, why, [page]


def _cut_off(page: Page, requirement: Requirement, as_of: datetime) -> GapKind | None:
    """What a page lacks that has a next link, or is full and does not reach back to the start of its window."""
    if page.next_link is None and page.entries < requirement.count:
        return None
    if not is_newest_first([page]):
        return GapKind.TRUNCATED if page.next_link else GapKind.INCOMPLETE
    if requirement.window is None:
        return GapKind.TRUNCATED
    since = as_of - requirement.window
    times = map(time_of, page.resources)
    return GapKind.TRUNCATED if all(when is None or when > since for when in times) else None
