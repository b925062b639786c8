"""The typed form of guidelines/look_alikes/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.tables.names import Concept, Drug, LookAlikeCause, ProductKey
from cds_service.clinical.tables.provenance import Edition, Sourced


@dataclass(frozen=True, slots=True)
class LaboratoryCause(Sourced):
    """A value that may explain findings: below a published limit, or above the laboratory's own upper limit.

    `routine`: expected daily in a patient with symptoms, so that its absence is reported. `first_below`: so low that it
    is treated at once and reported before everything else.
    """

    cause: LookAlikeCause
    concept: Concept
    below: float | None = None
    first_below: float | None = None
    routine: bool = False


@dataclass(frozen=True, slots=True)
class DiagnosisCause(Sourced):
    """`any_time`: a lasting condition, which also counts if it is from before the course."""

    cause: LookAlikeCause
    diagnoses: frozenset[Concept]
    any_time: bool = False


@dataclass(frozen=True, slots=True)
class DrugCause(Sourced):
    cause: LookAlikeCause
    drugs: frozenset[Drug]
    within: timedelta


@dataclass(frozen=True, slots=True)
class NonIcans(Sourced):
    """Symptoms of neurotoxicity other than ICANS, after certain products."""

    products: frozenset[ProductKey]
    symptoms: frozenset[str]
    within: timedelta


@dataclass(frozen=True, slots=True)
class IecHs(Sourced):
    """Screen for an IEC-associated haemophagocytic syndrome; a cytopenia is new or worse than before the course."""

    ferritin_times: float
    transaminases: tuple[Concept, ...]
    transaminase_times: float
    fibrinogen_below: float
    cytopenias: tuple[Concept, ...]
    besides_ferritin: int


@dataclass(frozen=True, slots=True)
class DelayedSigns(Sourced):
    """Signs of neurotoxicity other than ICANS, by days after the newest dose of a product known to cause it."""

    signs: tuple[str, ...]
    from_day: int
    until_day: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class DelayedCount(Sourced):
    """A blood count that is shown beside such signs if it exceeds a limit after certain products."""

    products: frozenset[ProductKey]
    concept: Concept
    above: float


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
    delayed_count: DelayedCount
    iec_hs: IecHs
