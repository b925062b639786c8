"""What is known of a patient: records, doses, measured values, and what arrived in part or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.orders import Order


class UnreadDrug(NamedTuple):
    """Every moment that the record may have lies from `earliest` to `latest`; None: no limit on that side.

    `given`: certainly, only the time is uncertain. `infusion`: it may be one; False: certainly a single dose.
    """

    drug: str
    earliest: datetime | None = None
    latest: datetime | None = None
    given: bool = False
    infusion: bool = True
    systemic: bool = True
    milligrams: float | None = None
    source: str = ""

    def touches(self, since: datetime | None, until: datetime) -> bool:
        """Whether a moment of it may lie in a window, both limits included; `since` None: from the beginning."""
        begins = self.earliest is None or self.earliest <= until
        return begins and (since is None or self.latest is None or self.latest >= since)

    def is_within(self, since: datetime | None, until: datetime) -> bool:
        """Whether it was given, and every moment of it lies in a window: then it counts there."""
        if not self.given or self.latest is None or self.latest > until:
            return False
        return since is None or (self.earliest is not None and self.earliest >= since)


class UnreadTherapy(NamedTuple):
    """A therapy that may have been given, or is undated; it is no dose.

    `earliest`, `latest`: None undated; equal: dated; apart: a month or a year.
    """

    therapy_class: str
    product: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    source: str = ""

    def is_known_at(self, moment: datetime) -> bool:
        """Whether it had been given by a moment, if it was given at all; an undated one always."""
        return self.latest is None or self.latest <= moment


class Reference(NamedTuple):
    """The laboratory's own limits of what is usual, in the unit of the value; None where it gives none."""

    low: float | None = None
    high: float | None = None


class Record(NamedTuple):
    """One recorded value. `comparator` is FHIR's (`<`, `<=`, `>=`, `>`) where the value is a bound.

    `quoted`: the value is a clinician's own words and not a code, even where it reads like one.
    """

    time: datetime
    concept: str
    value: float | str | bool
    source: str = ""
    comparator: str = ""
    reference: Reference = Reference()
    quoted: bool = False

    def at_least(self, limit: float) -> bool | None:
        """Whether the value is `limit` or more; None where its comparator leaves that open."""
        value = float(self.value)
        if not self.comparator:
            return value >= limit
        if self.comparator[0] == ">":
            return True if value >= limit else None
        below = value < limit or (value == limit and self.comparator == "<")
        return False if below else None

    def more_than(self, limit: float) -> bool | None:
        """Whether the value exceeds `limit`; None where its comparator leaves that open."""
        value = float(self.value)
        if not self.comparator:
            return value > limit
        if self.comparator[0] == "<":
            return False if value <= limit else None
        above = value > limit or (value == limit and self.comparator == ">")
        return True if above else None


def in_order(findings: Iterable[Record]) -> tuple[Record, ...]:
    """Findings by time; of one time by content, so that the order of entries never matters."""
    return tuple(sorted(findings, key=lambda one: (*one[:2], one.quoted, *one[2:5], repr(one.reference))))


class Seizure(NamedTuple):
    """One recorded seizure; what was not said about it is None."""

    time: datetime
    kind: str
    minutes: Record | None = None
    returned_to_baseline: bool | None = None
    resolved_with_intervention: bool | None = None
    source: str = ""


class Administration(NamedTuple):
    """A drug that was given. `end` is None while it runs; for a single dose it equals `time`.

    `complete`: whether all of it was given; False for what runs or was stopped early. `start_known`: False
    for what runs since a time that cannot be read; `time` is then the present. `intrathecal`: by its route.
    """

    time: datetime
    drug: str
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
    """How many million cells were given, in all or per kg of body weight."""

    millions: float
    per_kg: bool


class DoseRecord(NamedTuple):
    """An administration of CAR-T or TCR-T cells or of a T-cell engager, as recorded (rule T3)."""

    time: datetime
    therapy_class: str
    product: str | None = None
    date_only: bool = False
    source: str = ""
    cells: CellDose | None = None


class Diagnosis(NamedTuple):
    """A diagnosis on file, whether or not it is still active. `time`: its onset, else when it was recorded.

    `refuted`: somebody has looked and denied it.
    """

    concept: str
    time: datetime | None
    has_onset: bool = False
    refuted: bool = False
    source: str = ""


class InfusionDate(NamedTuple):
    """A manual statement of when cells were infused; `recorded` is when it was made (rule T3)."""

    recorded: datetime
    time: datetime
    date_only: bool = False
    source: str = ""


class BirthDate(NamedTuple):
    """The first and the last day that a possibly partial birth date allows."""

    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Everything known about a patient. Sequences are in order of time; `orders` are the active ones.

    `sex`: male or female as administered in the record, for formulae that ask for it; None for anything else.
    `drugs_checked`: whether drugs were looked up at all. `therapy_checked`: whether a source of therapy was looked
    through completely, so that no therapy found means none recorded. `failed`: needed data that were asked for and did
    not arrive (patient, observations, therapy). `language`: the patient's, such as "es"; empty where it is not known.
    `earlier`: scores and charted grades from before the time that is looked back on: never graded, only a baseline or
    earlier ICANS (rules A7 and R6).
    """

    zone: tzinfo
    birth: BirthDate | None = None
    sex: str | None = None
    deceased: bool = False
    ambulatory: bool = False
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    earlier: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    seizures: tuple[Seizure, ...] = ()
    administrations: tuple[Administration, ...] = ()
    unread_drugs: tuple[UnreadDrug, ...] = ()
    doses: tuple[DoseRecord, ...] = ()
    unread_therapies: tuple[UnreadTherapy, ...] = ()
    infusion_dates: tuple[InfusionDate, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    orders: tuple[Order, ...] = ()
    gaps: tuple[Gap, ...] = ()
    drugs_checked: bool = True
    therapy_checked: bool = True
    failed: frozenset[str] = frozenset()
    language: str = ""

    def of(self, concept: str) -> tuple[Record, ...]:
        """The records of one concept, oldest first."""
        return self.records.get(concept, ())

    def ever(self, concept: str) -> tuple[Record, ...]:
        """The same of any age."""
        return (*self.earlier.get(concept, ()), *self.of(concept))


class Measured(NamedTuple):
    """A number in a UCUM unit. `comparator` is FHIR's (`<`, `<=`, `>=`, `>`) where the number is a bound."""

    number: float
    unit: str
    comparator: str = ""

    @classmethod
    def of(cls, record: Record, unit: str) -> Measured:
        """The value of a record, which is in this unit."""
        return cls(float(record.value), unit, record.comparator)


class Received(NamedTuple):
    """`failed`: needed sources that were asked for and did not arrive. `birth_date`: whether there is any.

    `therapy_checked`, `drugs_checked`: whether therapy was looked for in a whole source, and drugs at all.
    """

    failed: frozenset[str]
    therapy_checked: bool
    drugs_checked: bool
    birth_date: bool


def received(facts: PatientFacts) -> Received:
    """What arrived of these facts."""
    return Received(facts.failed, facts.therapy_checked, facts.drugs_checked, facts.birth is not None)
