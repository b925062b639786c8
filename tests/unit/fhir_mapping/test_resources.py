"""What suggestions offer to create is valid FHIR R4 and a draft."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.vocabulary import Request
from cds_service.fhir_mapping.write.resources import Subject, resource_for, validated
from cds_service.knowledge import Knowledge

SUBJECT = Subject("p-1", "e-1", datetime(2026, 3, 8, 9, tzinfo=UTC))
REGIMENS = [
    Regimen("dexamethasone", mg=(10,), route="IV", every_hours=(12,)),
    Regimen("dexamethasone", mg=(10,), route="IV", doses=2),
    Regimen("methylprednisolone", mg=(1000,), route="IV", per_day=(1,), days=(3,)),
    Regimen("methylprednisolone", mg_per_kg=(1,), route="IV", every_hours=(12,)),
    Regimen("tocilizumab", mg_per_kg=(8,), maximum_mg=800, route="IV", over_hours=1, every_hours=(8,)),
    Regimen("dexamethasone", mg_per_kg=(1,), mg=(70,), route="IV", per_day=(4,)),
]


@pytest.mark.parametrize("regimen", REGIMENS, ids=str)
def test_a_drug_is_a_draft_with_the_dose_of_its_source(regimen: Regimen, knowledge: Knowledge) -> None:
    proposal = Proposal(ProposalKind.MEDICATION, "corticosteroid", regimen=regimen)

    resource = validated(resource_for(proposal, "text", SUBJECT, knowledge.terminology))

    assert ("draft", "proposal", "Patient/p-1") == (
        resource["status"],
        resource["intent"],
        resource["subject"]["reference"],
    )
    systems = {coding["system"] for coding in resource["medicationCodeableConcept"]["coding"]}
    assert {"http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc"} == systems


def test_a_dose_and_its_interval_are_elements(knowledge: Knowledge) -> None:
    def dosage(regimen: Regimen) -> dict:
        proposal = Proposal(ProposalKind.MEDICATION, "corticosteroid", regimen=regimen)
        return resource_for(proposal, "t", SUBJECT, knowledge.terminology)["dosageInstruction"][0]

    assert {"frequency": 1, "period": 12, "periodUnit": "h"} == dosage(REGIMENS[0])["timing"]["repeat"]
    assert {"count": 2} == dosage(REGIMENS[1])["timing"]["repeat"]
    assert {"frequency": 1, "period": 1, "periodUnit": "d"} == dosage(REGIMENS[2])["timing"]["repeat"]
    assert "mg/kg" == dosage(REGIMENS[3])["doseAndRate"][0]["doseQuantity"]["code"]
    assert 800 == dosage(REGIMENS[4])["maxDosePerAdministration"]["value"]
    by_weight = dosage(REGIMENS[5])["doseAndRate"][0]["doseQuantity"]
    assert (70, "mg") == (by_weight["value"], by_weight["code"])
    assert "timing" not in dosage(Regimen("dexamethasone", mg=(10,), route="IV"))


def test_an_upper_limit_of_a_dose_is_no_dose(knowledge: Knowledge) -> None:
    regimen = Regimen("dexamethasone", bound="up-to", mg=(20,), route="IV", every_hours=(6,))
    proposal = Proposal(ProposalKind.MEDICATION, "corticosteroid", regimen=regimen)

    resource = validated(resource_for(proposal, "t", SUBJECT, knowledge.terminology))

    assert {"high"} == set(resource["dosageInstruction"][0]["doseAndRate"][0]["doseRange"])


def test_a_drug_without_codes_goes_by_its_name(knowledge: Knowledge) -> None:
    regimen = Regimen("antithymocyte-globulin", mg=(1,), route="IV")
    proposal = Proposal(ProposalKind.MEDICATION, "corticosteroid", regimen=regimen)

    resource = validated(resource_for(proposal, "t", SUBJECT, knowledge.terminology))

    assert {"text": "antithymocyte-globulin"} == resource["medicationCodeableConcept"]


def test_a_reminder_and_an_investigation(knowledge: Knowledge) -> None:
    sets = knowledge.terminology
    task = validated(
        resource_for(Proposal(ProposalKind.TASK, "ice", due=SUBJECT.as_of), "ICE due 10:00", SUBJECT, sets)
    )
    service = validated(resource_for(Proposal(ProposalKind.SERVICE, "eeg"), "EEG", SUBJECT, sets))

    assert ("draft", "Encounter/e-1") == (task["status"], task["encounter"]["reference"])
    assert "2026-03-08T09:00:00+00:00" == task["restriction"]["period"]["end"]
    assert {"text": "EEG"} == service["code"]


def test_without_an_encounter_none_is_named(knowledge: Knowledge) -> None:
    subject = Subject("p-1", None, SUBJECT.as_of)

    assert "encounter" not in resource_for(Proposal(ProposalKind.TASK, "capd"), "t", subject, knowledge.terminology)


def test_validation_can_fail() -> None:
    with pytest.raises(ValidationError):
        validated({"resourceType": "Task", "status": []})


def test_daily_checks_are_ordered_until_their_last_day(knowledge: Knowledge) -> None:
    checks = Proposal(ProposalKind.SERVICE, Request.DAILY_CHECK, until=date(2026, 3, 12))
    resource = validated(resource_for(checks, "text", SUBJECT, knowledge.terminology))

    repeat = resource["occurrenceTiming"]["repeat"]
    assert {"start": "2026-03-08T09:00:00+00:00", "end": "2026-03-12"} == repeat["boundsPeriod"]
    assert (1, 1, "d") == (repeat["frequency"], repeat["period"], repeat["periodUnit"])


def test_a_task_that_is_no_assessment_is_told_by_its_words(knowledge: Knowledge) -> None:
    plan = Proposal(ProposalKind.TASK, Request.TAPER_PLAN, due=SUBJECT.as_of)
    resource = validated(resource_for(plan, "text", SUBJECT, knowledge.terminology))

    assert {"text": "text"} == resource["code"]
