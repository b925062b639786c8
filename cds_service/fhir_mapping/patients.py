"""Patient and Encounter: age, death, and whether the patient is seen as an outpatient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cds_service.fhir_mapping.r4 import Encounter, Patient
from cds_service.fhir_mapping.times import parse_when

AMBULATORY = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB")
SEXES = frozenset({"male", "female"})
PRESENT = frozenset({"arrived", "triaged", "in-progress", "onleave"})


def sex_of(patient: Patient) -> str | None:
    """Male or female as administered; None for anything else, since the formulae know no third."""
    return patient.gender if patient.gender in SEXES else None


def is_deceased(patient: Patient) -> bool:
    """Whether the record says that the patient has died."""
    return bool(patient.deceasedBoolean) or patient.deceasedDateTime is not None


def is_ambulatory(encounters: Sequence[Encounter], encounter_id: str | None) -> bool:
    """Whether the current Encounter is ambulatory: the one in context, else the newest that is going on."""
    named = [encounter for encounter in encounters if encounter_id and encounter.id == encounter_id]
    current = max(named or _going_on(encounters), key=_start, default=None)
    if current is None or current.class_ is None or current.modifierExtension:
        return False
    return (current.class_.system, current.class_.code) == AMBULATORY


def _going_on(encounters: Iterable[Encounter]) -> list[Encounter]:
    return [encounter for encounter in encounters if encounter.status in PRESENT]


def _start(encounter: Encounter) -> datetime:
    when = parse_when(encounter.period.start, UTC) if encounter.period else None
    return when.moment if when else datetime.min.replace(tzinfo=UTC)
