"""What is known about a patient: records, doses, measured values, and what arrived in part or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass


class UnreadDrug(NamedTuple):
    """A drug whose time or amount cannot be read; it was given between `earliest` and `latest` (None: unbounded).

    `given`: certainly given, only the time is uncertain. `infusion`: it may be one; False: certainly a single dose.
    """

    drug: Drug
    earliest: datetime | None = None
    latest: datetime | None = None
    given: bool = False
    infusion: bool = True
    systemic: bool = True
    milligrams: float | None = None
    source: str = ""

    def touches(self, since: datetime | None, until: datetime) -> bool:
        """Whether it may have been given in a window, both limits included; `since` None: no lower limit."""
        begins = self.earliest is None or self.earliest <= until
        return begins and (since is None or self.latest is None or self.latest >= since)

    def is_within(self, since: datetime | None, until: datetime) -> bool:
        """Whether it was certainly given within a window, so that it counts there."""
        if not self.given or self.latest is None or self.latest > until:
            return False
        return since is None or (self.earliest is not None and self.earliest >= since)


class UnknownDrug(NamedTuple):
    """A drug without a known code that was given, or may have been.

    `earliest` None: since an unknown time; `latest` None: it is running, or until an unknown time.
    """

    earliest: datetime | None
    latest: datetime | None
    infusion: bool

    def touches(self, since: datetime, until: datetime) -> bool:
        """Whether it may have been given in a window, both limits included."""
        begins = self.earliest is None or self.earliest <= until
        return begins and (self.latest is None or self.latest >= since)


class UnreadFinding(NamedTuple):
    """A record of a seizure, a sign or imaging that cannot be read; `concept`: of the Observation that would say it.

    Every moment that it may be of lies from `earliest` to `latest`; None: no limit on that side.
    """

    concept: Concept
    earliest: datetime | None = None
    latest: datetime | None = None

    def touches(self, since: datetime, until: datetime) -> bool:
        """Whether it may be of a window, both limits included."""
        begins = self.earliest is None or self.earliest <= until
        return begins and (self.latest is None or self.latest >= since)


class UnreadTherapy(NamedTuple):
    """A therapy that may have been given, or whose date cannot be read; it is not counted as a dose.

    `earliest` and `latest` are None if undated, equal for a date, and different for a month or a year.
    """

    therapy_class: TherapyClass
    product: ProductKey | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    source: str = ""

    def is_known_at(self, moment: datetime) -> bool:
        """Whether it had been given by a moment, if it was given at all; always True if undated."""
        return self.latest is None or self.latest <= moment


class Reference(NamedTuple):
    """The laboratory's own reference range, in the unit of the value; None for a limit that it does not give."""

    low: float | None = None
    high: float | None = None


class Record(NamedTuple):
    """One recorded value. `comparator` is FHIR's (`<`, `<=`, `>=`, `>`) if the value is a bound.

    `quoted`: the value is free text written by a clinician, even if it looks like a code. `modality`: of imaging, "ct"
    or "mri"; empty if it is not recorded.
    """

    time: datetime
    concept: Concept
    value: float | str | bool
    source: str = ""
    comparator: str = ""
    reference: Reference = Reference()
    quoted: bool = False
    modality: str = ""

    def at_least(self, limit: float) -> bool | None:
        """Whether the value is `limit` or more; None if its comparator leaves that open."""
        value = float(self.value)
        if not self.comparator:
            return value >= limit
        if self.comparator[0] == ">":
            return True if value >= limit else None
        below = value < limit or (value == limit and self.comparator == "<")
        return False if below else None

    def more_than(self, limit: float) -> bool | None:
        """Whether the value exceeds `limit`; None if its comparator leaves that open."""
        value = float(self.value)
        if not self.comparator:
            return value > limit
        if self.comparator[0] == "<":
            return False if value <= limit else None
        above = value > limit or (value == limit and self.comparator == ">")
        return True if above else None


def in_order(findings: Iterable[Record]) -> tuple[Record, ...]:
    """Records by time, then by content, so that the order of entries never matters."""
    return tuple(sorted(findings, key=lambda one: (*one[:2], one.quoted, *one[2:5], one.modality, repr(one.reference))))


class Seizure(NamedTuple):
    """One recorded seizure; None for anything that was not recorded."""

    time: datetime
    kind: str
    minutes: Record | None = None
    returned_to_baseline: bool | None = None
    resolved_with_intervention: bool | None = None
    source: str = ""


class Administration(NamedTuple):
    """A drug that was given. `end` is None while it runs; for a single dose it equals `time`.

    `complete`: all of it was given; False if it is running or was stopped early. `start_known`: False for a running
    infusion whose start cannot be read; `time` is then the present. `intrathecal`: by its route.
    """

    time: datetime
    drug: Drug
    end: datetime | None
    infusion: bool = False
    systemic: bool = True
    milligrams: float | None = None
    source: str = ""
    complete: bool = True
    start_known: bool = True
    intrathecal: bool = False

    def ends_after(self, moment: datetime) -> bool:
        """Whether it still ran after `moment`."""
        return self.end is None or self.end > moment


class CellDose(NamedTuple):
    """The number of cells given, in millions, in total or per kg of body weight."""

    millions: float
    per_kg: bool


class DoseRecord(NamedTuple):
    """An administration of CAR-T or TCR-T cells or of a T-cell engager, as recorded (rule T3)."""

    time: datetime
    therapy_class: TherapyClass
    product: ProductKey | None = None
    date_only: bool = False
    source: str = ""
    cells: CellDose | None = None


class Diagnosis(NamedTuple):
    """A diagnosis on record, active or not. `time`: its onset, else when it was recorded.

    `refuted`: it was investigated and ruled out.
    """

    concept: Concept
    time: datetime | None
    has_onset: bool = False
    refuted: bool = False
    source: str = ""


class InfusionDate(NamedTuple):
    """A manually entered infusion date; `recorded` is when it was entered (rule T3)."""

    recorded: datetime
    time: datetime
    date_only: bool = False
    source: str = ""


class BirthDate(NamedTuple):
    """The first and last day that a birth date, which may be partial, allows."""

    earliest: date
    latest: date


class Need(StrEnum):
    """Data that the contract requires (contract.md 1), the most important first."""

    PATIENT = "patient"
    OBSERVATIONS = "observations"
    THERAPY = "therapy"


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Everything known about a patient. Sequences are in order of time; `orders` are the active ones.

    `sex`: administrative sex, male or female, for formulae that need it; None for anything else. `drugs_checked`: drugs
    were looked up. `therapy_checked`: a source of therapy was searched completely, so that finding none means that none
    is recorded. `failed`: required data that were requested and did not arrive.
    `language`: the patient's, such as "es"; empty if unknown. `earlier`: scores and charted grades from before the
    look-back period: never graded, only used as a baseline or as earlier ICANS (rules A7 and R6).
    """

    zone: tzinfo
    birth: BirthDate | None = None
    sex: str | None = None
    deceased: bool = False
    ambulatory: bool = False
    records: Mapping[Concept, tuple[Record, ...]] = field(default_factory=dict)
    earlier: Mapping[Concept, tuple[Record, ...]] = field(default_factory=dict)
    seizures: tuple[Seizure, ...] = ()
    administrations: tuple[Administration, ...] = ()
    unread_findings: tuple[UnreadFinding, ...] = ()
    unread_drugs: tuple[UnreadDrug, ...] = ()
    unknown_drugs: tuple[UnknownDrug, ...] = ()
    doses: tuple[DoseRecord, ...] = ()
    unread_therapies: tuple[UnreadTherapy, ...] = ()
    infusion_dates: tuple[InfusionDate, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    orders: tuple[Order, ...] = ()
    gaps: tuple[Gap, ...] = ()
    drugs_checked: bool = True
    therapy_checked: bool = True
    failed: frozenset[Need] = frozenset()
    language: str = ""

    def of(self, concept: Concept) -> tuple[Record, ...]:
        """The records of one concept, oldest first."""
        return self.records.get(concept, ())

    def ever(self, concept: Concept) -> tuple[Record, ...]:
        """The records of one concept of any age, oldest first."""
        return (*self.earlier.get(concept, ()), *self.of(concept))


class Measured(NamedTuple):
    """A number in a UCUM unit. `comparator` is FHIR's (`<`, `<=`, `>=`, `>`) if the number is a bound."""

    number: float
    unit: str
    comparator: str = ""

    @classmethod
    def of(cls, record: Record, unit: str) -> Measured:
        """The value of a record that is in this unit."""
        return cls(float(record.value), unit, record.comparator)


class Received(NamedTuple):
    """Which data arrived. `failed`: required data that did not. `birth_date`: whether one is on record.

    `therapy_checked`: a source of therapy was searched completely. `drugs_checked`: drugs were looked up.
    """

    failed: frozenset[Need]
    therapy_checked: bool
    drugs_checked: bool
    birth_date: bool


def received(facts: PatientFacts) -> Received:
    """Which of these facts arrived."""
    return Received(facts.failed, facts.therapy_checked, facts.drugs_checked, facts.birth is not None)
