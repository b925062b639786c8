"""The typed form of guidelines/risk/ and guidelines/fludarabine/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.provenance import Edition, Sourced


@dataclass(frozen=True, slots=True)
class RiskTimes(Sourced):
    before: timedelta
    current: timedelta


@dataclass(frozen=True, slots=True)
class FeverRisk(Sourced):
    early_within: timedelta
    date_only_more: timedelta
    high_cel: float


@dataclass(frozen=True, slots=True)
class CrsRisk(Sourced):
    early_until_day: int


@dataclass(frozen=True, slots=True)
class AgeRisk(Sourced):
    younger_below_years: int


@dataclass(frozen=True, slots=True)
class ProductRisk(Sourced):
    cd28: frozenset[ProductKey]
    four_1bb: frozenset[ProductKey]


@dataclass(frozen=True, slots=True)
class LymphodepletionDrugs(Sourced):
    drugs: frozenset[Drug]


@dataclass(frozen=True, slots=True)
class LaboratoryRisk(Sourced):
    """A value against the laboratory's own limit; `when` before or current, `beyond` low or high."""

    factor: str
    concept: Concept
    when: str
    beyond: str
    unless_after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HistoryRisk(Sourced):
    factor: str
    diagnoses: frozenset[Concept]


@dataclass(frozen=True, slots=True)
class PriorIcansRisk(Sourced):
    """Which grade each diagnosis of ICANS says that there was."""

    grades: dict[str, int]


@dataclass(frozen=True, slots=True)
class ScoreRisk(Sourced):
    """A product of values divided by another, all of one day; `points`: days relative to the first dose.

    `unless`: diagnoses that make the score uninformative.
    """

    factor: str
    times: tuple[Concept, ...]
    over: Concept
    points: tuple[int, ...]
    cut_off: float | None = None
    unless: frozenset[str] = frozenset()

    @property
    def inputs(self) -> tuple[Concept, ...]:
        """Every value that the formula needs."""
        return (*self.times, self.over)


@dataclass(frozen=True, slots=True)
class Evidence(Sourced):
    """Published evidence on a factor; `caution`: what makes a value uninformative, shown if there is room."""

    factor: str
    effect: str
    caution: str = ""


@dataclass(frozen=True, slots=True)
class RiskTable:
    """guidelines/risk/."""

    edition: Edition
    time: RiskTimes
    fever: FeverRisk
    crs: CrsRisk
    age: AgeRisk
    product: ProductRisk
    lymphodepletion: LymphodepletionDrugs
    laboratory: tuple[LaboratoryRisk, ...]
    history: tuple[HistoryRisk, ...]
    prior_icans: PriorIcansRisk
    score: tuple[ScoreRisk, ...]
    score_units: dict[str, float]
    evidence: tuple[Evidence, ...]

    def basis_of(self, factor: str) -> Evidence:
        """The published evidence on a factor; `check` ensures that every factor has a row."""
        return next(row for row in self.evidence if row.factor == factor)


@dataclass(frozen=True, slots=True)
class FludarabineDose(Sourced):
    same_dose: timedelta
    unreduced_from: float


@dataclass(frozen=True, slots=True)
class RenalLabels(Sourced):
    """The creatinine clearance (mL/min) below which each label reduces the dose; `label`: the one that is followed."""

    label: str
    adult_from_years: int
    none_below: float
    limits: dict[str, float]

    @property
    def limit(self) -> float:
        """The limit of the label that is followed."""
        return self.limits[self.label]


@dataclass(frozen=True, slots=True)
class Mosteller(Sourced):
    divisor: float


@dataclass(frozen=True, slots=True)
class CockcroftGault(Sourced):
    age_from: float
    divisor: float
    female: float


@dataclass(frozen=True, slots=True)
class CkdEpiSex:
    kappa: float
    below: float
    sex: float


@dataclass(frozen=True, slots=True)
class CkdEpi(Sourced):
    factor: float
    age: float
    above: float
    male: CkdEpiSex
    female: CkdEpiSex


@dataclass(frozen=True, slots=True)
class LabelDose(Sourced):
    """The label's fludarabine dose before one product; `indication`: only with this diagnosis."""

    product: ProductKey
    mg_per_m2: float
    days: int
    indication: str = ""

    @property
    def total(self) -> float:
        """Cumulative mg/m2."""
        return self.mg_per_m2 * self.days


@dataclass(frozen=True, slots=True)
class FludarabineTable:
    """guidelines/fludarabine/."""

    edition: Edition
    dose: FludarabineDose
    renal: RenalLabels
    mosteller: Mosteller
    cockcroft_gault: CockcroftGault
    ckd_epi_2021: CkdEpi
    label: tuple[LabelDose, ...]


@dataclass(frozen=True, slots=True)
class RiskRules:
    """All tables and settings by which risk factors are judged."""

    factors: RiskTable
    fludarabine: FludarabineTable
