"""Gathers the data that a call requires: from prefetch, else from the FHIR server, else as a gap."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from cds_service.clinical.facts.gap import AsSent, Gap, GapKind
from cds_service.clinical.facts.patient import Need
from cds_service.errors import MissingDataError, TooManyEntriesError, WrongPatientError
from cds_service.fhir_mapping.data_requirements import DRUGS, Requirement
from cds_service.fhir_mapping.data_use import Sent
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.bundles import Page
from cds_service.gather.newest_first import UNSORTED, is_newest_first
from cds_service.gather.older_keys import take_from_older_keys
from cds_service.gather.one_transfer import take_from_equal_keys
from cds_service.gather.outcome import Outcome, Wanted
from cds_service.gather.prefetch import from_prefetch
from cds_service.gather.search import complete, follow_references


def gather(wanted: Wanted, requirements: Sequence[Requirement], as_of: datetime, pool: Executor) -> Gathered:
    """All data about the patient that could be obtained in time.

    Raises MissingDataError if there is no way to get required data, WrongPatientError if another patient was sent,
    NotJsonError if the prefetch contains invalid JSON, TooManyEntriesError if it contains too much.
    """
    outcomes = [from_prefetch(requirement, wanted.prefetch, as_of) for requirement in requirements]
    _refuse_too_many(outcomes, wanted.entry_limit)
    if wanted.server is not None:
        complete(outcomes, wanted.server, wanted.patient_id, as_of, pool)
    take_from_older_keys(outcomes, wanted.prefetch)
    take_from_equal_keys(outcomes, wanted.prefetch, as_of)
    _note_unsorted(outcomes)
    _refuse_other_patient(outcomes, wanted.patient_id)
    _refuse_without_needed(outcomes, wanted)
    resources = [resource for page in _pages(outcomes) for resource in page.resources]
    if wanted.server is not None:
        resources += follow_references((*resources, *wanted.orders), wanted.server, pool)
    return _gathered(outcomes, resources, wanted)


def _gathered(outcomes: Sequence[Outcome], resources: list[Any], wanted: Wanted) -> Gathered:
    therapy = [outcome for outcome in outcomes if outcome.requirement.need == Need.THERAPY]
    pages = _pages(outcomes)
    return Gathered(
        patient_id=wanted.patient_id,
        encounter_id=wanted.encounter_id,
        resources=resources,
        unreadable=[entry for page in pages for entry in page.unreadable],
        gaps=list(dict.fromkeys(_gap(one) for one in outcomes if one.gap or not one.received)),
        failed=_failed(outcomes),
        by_full_url=dict(pair for page in pages for pair in page.by_full_url.items()),
        drugs_checked=any(one.is_whole for one in outcomes if one.requirement.key == DRUGS),
        therapy_checked=any(one.received for one in therapy) and not any(one.gap for one in therapy),
        sent=tuple(_sent(one) for one in outcomes if one.received),
    )


def _pages(outcomes: Sequence[Outcome]) -> list[Page]:
    """All pages that arrived; one that serves two requirements is there once."""
    return list({id(page): page for outcome in outcomes for page in outcome.pages}.values())


def _note_unsorted(outcomes: Sequence[Outcome]) -> None:
    """What was cut off is only older if what came is sorted; otherwise it may be anything."""
    for outcome in outcomes:
        if outcome.gap is GapKind.TRUNCATED and not is_newest_first(outcome.pages):
            outcome.gap, outcome.why = GapKind.INCOMPLETE, outcome.why or UNSORTED


def _gap(outcome: Outcome) -> Gap:
    """What did not arrive, or not in full."""
    kind, detail = outcome.gap or GapKind.NOT_PROVIDED, AsSent(outcome.why) if outcome.why else None
    return Gap(outcome.requirement.group, kind, detail=detail)


def _sent(outcome: Outcome) -> Sent:
    unreadable = sum(len(page.unreadable) for page in outcome.pages)
    return Sent(outcome.requirement.key, outcome.resources, unreadable)


def _failed(outcomes: Sequence[Outcome]) -> frozenset[Need]:
    """Required data that were requested and did not arrive; therapy only if all its sources failed (contract.md 1)."""
    failed = {one.requirement.need for one in outcomes if one.failed and one.requirement.need}
    if any(one.received for one in outcomes if one.requirement.need == Need.THERAPY):
        failed -= {Need.THERAPY}
    return frozenset(failed)


def _refuse_too_many(outcomes: Sequence[Outcome], limit: int) -> None:
    if sum(page.entries for outcome in outcomes for page in outcome.pages) > limit:
        raise TooManyEntriesError(f"The prefetch has more than {limit} entries (setting ICANS_ENTRY_LIMIT).")


def _refuse_other_patient(outcomes: Sequence[Outcome], patient_id: str) -> None:
    patients = [one for outcome in outcomes for one in outcome.resources if isinstance(one, structs.Patient)]
    if patients and not any(patient.id == patient_id for patient in patients):
        raise WrongPatientError("The id of the Patient resource differs from context.patientId.")


def _refuse_without_needed(outcomes: Sequence[Outcome], wanted: Wanted) -> None:
    """Respond 412 if there was no way to get the Patient or neurological Observations; a failed request is a gap."""
    lost = {one.requirement.need for one in outcomes if one.unavailable and not one.requirement.once_in}
    patient_failed = any(one.failed for one in outcomes if one.requirement.need == Need.PATIENT)
    if Need.PATIENT in lost or (Need.OBSERVATIONS in lost and not patient_failed):
        missing = [one.requirement for one in outcomes if one.unavailable]
        raise MissingDataError(_how_to_help(missing, wanted))


def _how_to_help(missing: Sequence[Requirement], wanted: Wanted) -> str:
    """What is missing, by key and template, and the two ways to provide it."""
    keys = "; ".join(f"{one.key}{' (required)' if one.need else ''}: {one.template()}" for one in missing)
    server = (
        f"fhirServer was given but may not be called: {wanted.refused_server}"
        if wanted.refused_server
        else "no fhirServer was given"
    )
    return (
        f"Required data are missing, and {server}. "
        f"Send them as prefetch under the keys that discovery lists, or name a fhirServer that this service may call "
        f"(with fhirAuthorization if the server requires it). Missing prefetch keys and their templates: {keys}"
    )
