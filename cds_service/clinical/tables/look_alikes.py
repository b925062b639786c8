"""The typed form of guidelines/look_alikes/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.tables.provenance import Edition, Sourced


@dataclass(frozen=True, slots=True)
class LaboratoryCause(Sourced):
    """A value that may explain findings: below a published limit, or above the laboratory's own upper limit.

    `routine`: expected on every day with symptoms, so that its absence is said. `first_below`: so low that it is
    treated at once, and said before everything else.
    """

    cause: str
    concept: str
    below: float | None = None
    first_below: float | None = None
    routine: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisCause(Sourced):
    """`any_time`: a lasting condition, that counts from before the course too."""

    cause: str
    diagnoses: frozenset[str]
    any_time: bool = False


@dataclass(frozen=True, slots=True)
class DrugCause(Sourced):
    cause: str
    drugs: frozenset[str]
    within: timedelta


@dataclass(frozen=True, slots=True)
class NonIcans(Sourced):
    """Symptoms after certain products that are another neurotoxicity than ICANS."""

    products: frozenset[str]
    symptoms: frozenset[str]
    within: timedelta


@dataclass(frozen=True, slots=True)
class IecHs(Sourced):
    """Screen for an IEC-associated haemophagocytic syndrome; a cytopenia is new or worse than before the course."""

    ferritin_times: float
    transaminases: tuple[str, ...]
    transaminase_times: float
    fibrinogen_below: float
    cytopenias: tuple[str, ...]
    besides_ferritin: int


@dataclass(frozen=True, slots=True)
class DelayedSigns(Sourced):
    """Signs of neurotoxicity other than ICANS, in days after the newest dose of a product that is known for it."""

    signs: tuple[str, ...]
    from_day: int
    until_day: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class LookAlikeTable:
    """guidelines/look_alikes/."""

    edition: Edition
    current: timedelta
    inflammation_current: timedelta
    laboratory: tuple[LaboratoryCause, ...]
    diagnosis: tuple[DiagnosisCause, ...]
    drug: tuple[DrugCause, ...]
    non_icans: NonIcans
    delayed: DelayedSigns
    iec_hs: IecHs
