"""Mapping in one call, for tests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from cds_service.clinical.facts.patient import Gap, PatientFacts
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper, MappingTables
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.knowledge import load_knowledge
from tests.builders import NOW, PATIENT, bundle, patient


@cache
def tables() -> MappingTables:
    """The packaged tables."""
    knowledge = load_knowledge()
    rules = knowledge.protocol.rules.decisions
    return MappingTables(
        knowledge.terminology,
        knowledge.units,
        knowledge.therapies,
        rules.time.clock_tolerance,
        rules.record.history,
        rules.record.open_drip,
    )


def mapped(
    *resources: dict[str, Any], as_of: datetime = NOW, encounter_id: str | None = None, **changes: Any
) -> PatientFacts:
    """The facts in these resources of the patient."""
    page = read_page(json.dumps(bundle(patient(), *resources)).encode())
    gathered = Gathered(PATIENT, encounter_id, page.resources, page.unreadable, by_full_url=page.by_full_url)
    return Mapper(replace(tables(), **changes)).mapped(gathered, as_of).facts


def mapped_alone(patient_resource: dict[str, Any]) -> PatientFacts:
    """The facts in a Patient and nothing else."""
    page = read_page(json.dumps(patient_resource).encode())
    return Mapper(tables()).mapped(Gathered(PATIENT, None, page.resources), NOW).facts


def gaps(facts: PatientFacts) -> set[tuple[str, str]]:
    """The gaps as pairs of concept and kind."""
    return {(gap.concept, gap.kind) for gap in facts.gaps}


def gap(facts: PatientFacts, concept: str) -> Gap:
    """The one gap of a concept."""
    (found,) = [gap for gap in facts.gaps if gap.concept == concept]
    return found


def values(facts: PatientFacts, concept: str) -> list[Any]:
    """The values of a concept, oldest first."""
    return [record.value for record in facts.of(concept)]
