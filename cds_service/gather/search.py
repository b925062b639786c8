"""Searches on the FHIR server: all in parallel, within one deadline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as OutOfTimeError
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from cds_service.adapters.fhir_client import LATE, FhirServer
from cds_service.clinical.facts.gap import GapKind
from cds_service.errors import FhirBadRequestError, FhirUnavailableError
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.mapper import missing_medications, missing_members
from cds_service.fhir_mapping.r4.bundles import Page
from cds_service.fhir_mapping.read.patients import is_id
from cds_service.gather.outcome import Outcome, left_out

# No more pages of members or drugs than this could be read in time.
MAX_REFERENCES = 100


class _Asked(NamedTuple):
    """A search under way for the data of an outcome, and the pages that have come so far."""

    outcome: Outcome
    pages: list[Page]
    search: Future[None]


class _Subject(NamedTuple):
    """The patient whose data are asked for, and as of when."""

    patient_id: str
    as_of: datetime


def complete(outcomes: Iterable[Outcome], server: FhirServer, patient_id: str, as_of: datetime, pool: Executor) -> None:
    """Request what the prefetch did not contain, and the remaining pages of what it contained in part."""
    asked: list[_Asked] = []
    subject = _Subject(patient_id, as_of)
    for outcome in outcomes:
        pages: list[Page] = []
        if outcome.gap is GapKind.INCOMPLETE or not (outcome.received or outcome.settled):
            asked.append(_Asked(outcome, pages, pool.submit(_search, server, outcome.requirement, subject, pages)))
        elif outcome.gap is GapKind.TRUNCATED and outcome.pages[0].next_link:
            asked.append(_Asked(outcome, pages, pool.submit(_collect_rest, server, outcome.pages[0], pages)))
    for one in asked:
        _settle(one.outcome, one.pages, _trouble(one.search, server))


def follow_references(resources: Sequence[Any], server: FhirServer, pool: Executor) -> list[Any]:
    """The referenced Medications and panel members; any that does not arrive is left out."""
    queries = [f"Medication/{one}" for one in missing_medications(resources) if is_id(one)]
    queries += [f"Observation/{one}" for one in missing_members(resources) if is_id(one)]
    asked = []
    for query in queries[:MAX_REFERENCES]:
        pages: list[Page] = []
        asked.append((pages, pool.submit(_collect, server, query, pages)))
    for _, future in asked:
        _trouble(future, server)
    return [resource for pages, _ in asked for page in list(pages) for resource in page.resources]


def _search(server: FhirServer, requirement: Requirement, about: _Subject, pages: list[Page]) -> None:
    """With all parameters, or without `_include` and `_sort` if the server refuses the search."""
    try:
        _collect(server, requirement.query(*about), pages, by_post=requirement.by_post)
    except FhirBadRequestError:
        plain = replace(requirement, include="", sort="")
        if plain == requirement:
            raise
        _collect(server, plain.query(*about), pages, by_post=plain.by_post)


def _collect(server: FhirServer, query: str, pages: list[Page], *, by_post: bool = False) -> None:
    for page in server.pages(query, by_post=by_post):
        pages.append(page)  # noqa: PERF402  (one by one: what has come counts if the next is too late)


def _collect_rest(server: FhirServer, first: Page, pages: list[Page]) -> None:
    for page in server.following(first):
        pages.append(page)  # noqa: PERF402


def _trouble(future: Future[None], server: FhirServer) -> FhirUnavailableError | None:
    """Why the data did not arrive; None if they did."""
    try:
        future.result(timeout=server.deadline.left)
    except OutOfTimeError:
        future.cancel()
        return FhirUnavailableError(GapKind.SERVER_UNAVAILABLE, LATE)
    except FhirUnavailableError as error:
        return error
    return None


def _settle(outcome: Outcome, pages: list[Page], trouble: FhirUnavailableError | None) -> None:
    """A first page is an answer, if a truncated one; without it there is none."""
    arrived, before = list(pages), outcome.pages
    outcome.pages = [*before, *arrived]
    judged = arrived if arrived and outcome.gap is GapKind.INCOMPLETE else outcome.pages
    left = left_out(judged, outcome.requirement) if judged else ""
    if judged:
        outcome.received = True
        outcome.gap = GapKind.INCOMPLETE if left else GapKind.TRUNCATED if trouble else None
    elif trouble:
        outcome.gap = trouble.kind
    outcome.why = trouble.why if trouble else left
