"""Whose a resource is, and what is read about the patient: data of another patient are never used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.fhir_mapping.r4.datatypes import Reference
from cds_service.fhir_mapping.r4.structs import Encounter, Patient
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.times import between, parse_when

AMBULATORY = ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB")
LANGUAGES = "urn:ietf:bcp:47"
DECEASED = "deceased"
SEXES = frozenset({"male", "female"})
PRESENT = frozenset({"arrived", "triaged", "in-progress", "onleave"})


def sex_of(patient: Patient) -> str | None:
    """Administrative sex, male or female; None for anything else, because the formulae have no third value."""
    return patient.gender if patient.gender in SEXES else None


def is_deceased(patient: Patient, into: Collector) -> bool:
    """Whether the patient is recorded as deceased (rule A6); an unreadable or future date is a gap."""
    if patient.deceasedBoolean is not None:
        return patient.deceasedBoolean
    if patient.deceasedDateTime is None and not any(path.startswith("deceased") for path in patient.unread):
        return False
    when = between(patient.deceasedDateTime, into.zone, into.latest)
    if when is None:
        into.gap(DECEASED, GapKind.UNREADABLE, Part.TIME)
    elif when.earliest > into.latest:
        into.gap(DECEASED, GapKind.FUTURE)
    return when is not None and when.earliest <= into.latest


def language_of(patient: Patient) -> str:
    """The patient's preferred language, or the only one on record, without its region ("es"); empty if unknown."""
    spoken = [entry for entry in _list(patient.communication) if isinstance(entry, dict)]
    preferred = [entry for entry in spoken if entry.get("preferred") is True]
    named = [_code(entry.get("language")) for entry in preferred or spoken]
    return named[0].partition("-")[0].lower() if len(named) == 1 or preferred else ""


def _code(concept: Any) -> str:
    """The BCP-47 code of a CodeableConcept."""
    codings = _list(concept.get("coding")) if isinstance(concept, dict) else []
    codes = (one.get("code") for one in codings if isinstance(one, dict) and one.get("system") == LANGUAGES)
    return next((code for code in codes if isinstance(code, str)), "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def is_ambulatory(encounters: Sequence[Encounter], encounter_id: str | None) -> bool:
    """Whether the current Encounter is ambulatory: the one in context, else the newest in progress."""
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


# FHIR's characters; some EHRs use ids longer than FHIR's 64 characters (contract.md 3).
_ID = re.compile(r"[A-Za-z0-9.-]{1,255}")


def is_id(text: str) -> bool:
    """Whether a text can be a FHIR id and be used in a URL."""
    return _ID.fullmatch(text) is not None and text not in (".", "..")


def is_of_patient(subject: Reference | None, patient_id: str) -> bool:
    """Whether a subject is this patient: by a relative, absolute, versioned or urn:uuid reference."""
    reference = subject.reference if subject else None
    if not reference:
        return False
    current = reference.split("/_history/")[0]
    if current in (f"Patient/{patient_id}", f"urn:uuid:{patient_id}"):
        return True
    return "://" in current and current.endswith(f"/Patient/{patient_id}")
