"""From gathered FHIR resources to the facts about one patient."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from cds_service.clinical.facts.gap import Gap, GapKind, Part
from cds_service.clinical.facts.occasion import Occasion
from cds_service.clinical.facts.patient import BirthDate, PatientFacts, Record, in_order
from cds_service.clinical.tables.names import Concept, ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.fhir_mapping.data_requirements import dated_scores
from cds_service.fhir_mapping.data_use import DataUse, LeftOut, identity, use_of
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.orders.occasions import OccasionReader
from cds_service.fhir_mapping.orders.requests import OrderMapper
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.conditions import read_condition
from cds_service.fhir_mapping.read.drugs import reference_key
from cds_service.fhir_mapping.read.medications import MedicationMapper
from cds_service.fhir_mapping.read.observations import ObservationMapper
from cds_service.fhir_mapping.read.patients import is_ambulatory, is_deceased, is_of_patient, language_of, sex_of
from cds_service.fhir_mapping.read.procedures import read_procedure
from cds_service.fhir_mapping.read.questionnaires import read_questionnaire
from cds_service.fhir_mapping.read.times import parse_birth_date, ward_zone
from cds_service.fhir_mapping.read.units import Units
from cds_service.fhir_mapping.read.values import ValueReader
from cds_service.fhir_mapping.terminology import Terminology

_Records = dict[Concept, tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class MappingTables:
    """What mapping needs besides the resources.

    `history`: how far back the course is looked at. `open_drip`: how long a drip without a readable end
    may have run. `windows`: how far back each concept matters; one that is not in it, always. `zone` None: the offset
    of the newest datum is the ward's.
    """

    terminology: Terminology
    units: Units
    therapies: Mapping[ProductKey, TherapyClass]
    clock_tolerance: timedelta
    history: timedelta
    open_drip: timedelta
    windows: Mapping[Concept, timedelta] = field(default_factory=dict)
    zone: tzinfo | None = None
    preliminary: bool = False


class Mapped(NamedTuple):
    """The facts about a patient, and what became of the data that they come from."""

    facts: PatientFacts
    use: DataUse


class Mapper:
    """Maps gathered resources to facts; created once and used for every request."""

    def __init__(self, tables: MappingTables) -> None:
        """Prepare the readers."""
        self._tables = tables
        self._reader = ValueReader(tables.terminology, tables.units)
        self._observations = ObservationMapper(tables.terminology, self._reader, preliminary=tables.preliminary)
        self._medications = MedicationMapper(tables.terminology, tables.units, tables.therapies, tables.open_drip)
        self._orders = OrderMapper(tables.terminology, tables.units)
        self._dated = dated_scores(tables.terminology)

    def mapped(self, gathered: Gathered, as_of: datetime) -> Mapped:
        """Everything known about the patient at `as_of`; what cannot be used becomes a gap."""
        tables = self._tables
        own = _own_resources(gathered)
        resources = list(own.resources.values())
        zone = tables.zone or ward_zone(_times(resources), as_of + tables.clock_tolerance)
        into = Collector(as_of, tables.clock_tolerance, zone, tables.windows)
        medications = _medications(gathered.resources, gathered.by_full_url)
        read = {key: self._read(resource, medications, into) for key, resource in own.resources.items()}
        use = DataUse(use_of(gathered.sent, own.others | read), into.unknowns.counted)
        for kind in gathered.unreadable:
            into.gap(kind, GapKind.UNREADABLE)
        patient = next((one for one in resources if isinstance(one, structs.Patient)), None)
        birth = _birth(patient, into)
        encounters = [one for one in resources if isinstance(one, structs.Encounter)]
        recent = as_of - tables.history
        records, earlier = _by_age(into.records, self._dated, recent)
        facts = PatientFacts(
            zone=zone,
            birth=birth,
            sex=sex_of(patient) if patient else None,
            deceased=is_deceased(patient, into) if patient else False,
            ambulatory=is_ambulatory(encounters, gathered.encounter_id),
            records=records,
            earlier=earlier,
            seizures=tuple(sorted(into.seizures, key=_order)),
            administrations=tuple(sorted(into.administrations, key=_order)),
            unread_findings=tuple(sorted(set(into.unread_findings), key=repr)),
            unread_drugs=tuple(sorted(into.unread_drugs, key=repr)),
            unknown_drugs=tuple(sorted(into.unknown_codes, key=repr)),
            doses=tuple(sorted(into.doses, key=_order)),
            unread_therapies=tuple(sorted(into.unread_therapies, key=repr)),
            infusion_dates=tuple(sorted(into.infusion_dates, key=_order)),
            diagnoses=tuple(sorted(into.diagnoses, key=repr)),
            orders=tuple(sorted(into.orders, key=repr)),
            gaps=(*gathered.gaps, *own.gaps, *into.gaps),
            drugs_checked=gathered.drugs_checked
            and structs.MedicationAdministration not in own.unidentified
            and not any(end is None or end >= recent for end in into.unknown_drugs),
            therapy_checked=gathered.therapy_checked and not into.unknown_drugs and not own.unidentified & _OF_THERAPY,
            failed=gathered.failed,
            language=language_of(patient) if patient else "",
        )
        return Mapped(facts, use)

    def occasion(self, call: Call, gathered: Gathered, as_of: datetime) -> Occasion:
        """The subject of the call: the patient's orders among its drafts; what cannot be used becomes a gap."""
        into = Collector(as_of, self._tables.clock_tolerance, UTC, self._tables.windows)
        medications = _medications((*gathered.resources, *call.drafts.resources), gathered.by_full_url)
        return OccasionReader(self._orders, medications, gathered.patient_id).read(call, into)

    def _read(self, resource: Any, medications: Mapping[str, structs.Medication], into: Collector) -> str:
        """Read one resource: empty if it was used, else why it was not."""
        before = into.begin()
        self._add(resource, medications, into)
        return "" if isinstance(resource, structs.Patient | structs.Encounter) else into.fate(before)

    def _add(self, resource: Any, medications: Mapping[str, structs.Medication], into: Collector) -> None:
        tables = self._tables
        match resource:
            case structs.Observation():
                self._observations.read(resource, into)
            case structs.MedicationAdministration():
                self._medications.read(resource, medications, into)
            case structs.Procedure():
                read_procedure(resource, tables.terminology, tables.therapies, into)
            case structs.Condition():
                read_condition(resource, tables.terminology, into)
            case structs.QuestionnaireResponse():
                read_questionnaire(resource, tables.terminology, self._reader, into)
            case structs.MedicationRequest(status="active"):
                into.orders += self._orders.named(resource, medications, into)
            case structs.MedicationRequest():
                into.leave_out(GapKind.UNUSABLE_STATUS)


def _by_age(
    records: Mapping[Concept, list[Record]], dated: Container[str], recent: datetime
) -> tuple[_Records, _Records]:
    """The records of the time that is looked back on, and the scores from before it."""
    old = {
        concept: [one for one in found if one.time < recent] for concept, found in records.items() if concept in dated
    }
    new = {
        concept: [one for one in found if one.time >= recent or concept not in dated]
        for concept, found in records.items()
    }
    return _in_order(new), _in_order(old)


def _in_order(records: Mapping[Concept, list[Record]]) -> _Records:
    return {concept: in_order(found) for concept, found in records.items() if found}


def _birth(patient: structs.Patient | None, into: Collector) -> BirthDate | None:
    """The birth date; one in the future is rejected, because it would make an adult a child."""
    birth = parse_birth_date(patient.birthDate) if patient else None
    if birth is not None and birth.earliest > into.latest.date():
        into.gap("birth-date", GapKind.IMPLAUSIBLE)
        return None
    return birth


def _order(record: Any) -> tuple[datetime, str]:
    """By time, then by content, so that the order of entries never matters."""
    return record.time, repr(record)


def _medications(resources: Iterable[Any], by_full_url: Mapping[str, Any]) -> dict[str, structs.Medication]:
    """By id, and by the fullUrl of their entry."""
    by_id = {one.id: one for one in resources if isinstance(one, structs.Medication) and one.id}
    return by_id | {url: one for url, one in by_full_url.items() if isinstance(one, structs.Medication)}


_OF_THERAPY = {structs.MedicationAdministration, structs.Procedure}


class _Own(NamedTuple):
    """The patient's resources by identity. `others`: why each of the others is left out.

    `unidentified`: the types of those that do not say whose they are.
    """

    resources: dict[Any, Any]
    others: dict[Any, str]
    gaps: tuple[Gap, ...]
    unidentified: frozenset[type]


def _own_resources(gathered: Gathered) -> _Own:
    """The patient's resources without duplicates, and the gaps for the resources of others."""
    own: dict[Any, Any] = {}
    strangers: set[Any] = set()
    unidentified: dict[Any, type] = {}
    patients = ((url, one) for url, one in gathered.by_full_url.items() if isinstance(one, structs.Patient))
    urls = {url for url, one in patients if one.id == gathered.patient_id}
    patient_id, usual = gathered.patient_id, f"Patient/{gathered.patient_id}"
    for resource in gathered.resources:
        kind = type(resource)
        if kind is structs.Medication:
            continue
        key = identity(resource)
        if kind is structs.Patient:
            is_own = resource.id == patient_id
        else:
            reference = resource.subject.reference if resource.subject else None
            if not reference:
                unidentified[key] = kind
                continue
            is_own = reference == usual or reference in urls or is_of_patient(resource.subject, patient_id)
        if is_own:
            own.setdefault(key, resource)
        else:
            strangers.add(key)
    noted = (
        (strangers, Gap("patient", GapKind.WRONG_PATIENT, len(strangers))),
        (unidentified, Gap("patient", GapKind.UNREADABLE, len(unidentified), Part.SUBJECT)),
    )
    others = dict.fromkeys(strangers, str(GapKind.WRONG_PATIENT)) | dict.fromkeys(unidentified, str(LeftOut.NO_SUBJECT))
    return _Own(own, others, tuple(gap for found, gap in noted if found), frozenset(unidentified.values()))


def _times(resources: Sequence[Any]) -> set[str | None]:
    """The times of resources whose offset shows the ward's zone."""
    charted = (structs.Observation, structs.MedicationAdministration)
    times = {resource.effectiveDateTime for resource in resources if isinstance(resource, charted)}
    periods = (one.effectivePeriod for one in resources if isinstance(one, charted) and one.effectivePeriod)
    times |= {period.start for period in periods}
    return times | {resource.performedDateTime for resource in resources if isinstance(resource, structs.Procedure)}


def missing_members(resources: Iterable[Any]) -> list[str]:
    """The ids of a panel's member Observations that were not sent with it."""
    panels = [one for one in resources if isinstance(one, structs.Observation)]
    known = {panel.id for panel in panels}
    wanted = (member.reference for panel in panels for member in panel.hasMember)
    keys = (reference_key(reference) for reference in wanted if reference and "Observation/" in reference)
    return [key for key in dict.fromkeys(keys) if key not in known]


def missing_medications(resources: Iterable[Any]) -> list[str]:
    """The ids of Medications that are referred to and were not sent."""
    resources = list(resources)
    known = {one.id for one in resources if isinstance(one, structs.Medication)}
    with_drug = (structs.MedicationAdministration, structs.MedicationRequest)
    named = (one.medicationReference for one in resources if isinstance(one, with_drug))
    wanted = (one.reference for one in named if one and one.reference and not one.reference.startswith(("#", "urn:")))
    return [key for key in dict.fromkeys(map(reference_key, wanted)) if key not in known]
