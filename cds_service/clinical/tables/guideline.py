"""The tables in force, and the site's choices about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.decision_rules import DecisionRules
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.look_alikes import LookAlikeTable
from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.provenance import Edition, Provenance, Sourced
from cds_service.clinical.tables.risk import FludarabineTable, RiskRules, RiskTable
from cds_service.clinical.tables.vocabulary import TherapyClass


@dataclass(frozen=True, slots=True)
class GradeBand(Sourced):
    """A published grade for scores `from`..`to`, both included."""

    first: int
    last: int
    grade: int


@dataclass(frozen=True, slots=True)
class IceTable(Sourced):
    items: dict[Concept, int]
    maximum: int
    bands: tuple[GradeBand, ...]


@dataclass(frozen=True, slots=True)
class CapdTable(Sourced):
    maximum: int
    bands: tuple[GradeBand, ...]
    from_birthday: int
    delay_until_birthday: int


@dataclass(frozen=True, slots=True)
class SeizureTable(Sourced):
    prolonged_over_minutes: float
    resolved_rapidly: Range
    prolonged: Range
    duration_unknown: Range
    not_returned: Range
    electrographic_resolved: Range
    electrographic: Range
    status_epilepticus: Range
    repetitive_not_returned: Range
    repetitive_return_unknown: Range


@dataclass(frozen=True, slots=True)
class HypotensionTable(Sourced):
    vasopressors: tuple[Drug, ...]
    not_counted: tuple[Drug, ...]
    several_vasopressors: Range
    one_vasopressor: Range
    no_vasopressor: Range


@dataclass(frozen=True, slots=True)
class HypoxiaTable(Sourced):
    low_flow_up_to_l_per_min: float
    flow_devices: tuple[str, ...]
    low_flow: Range
    high_flow: Range
    flow_unknown: Range
    devices: dict[str, Range]


@dataclass(frozen=True, slots=True)
class CrsTable(Sourced):
    fever_cel: float
    hypotension: HypotensionTable
    hypoxia: HypoxiaTable


@dataclass(frozen=True, slots=True)
class Grading:
    """A published grading of ICANS and CRS (guidelines/grading/)."""

    edition: Edition
    ice: IceTable
    capd: CapdTable
    consciousness: dict[str, Range]
    seizure: SeizureTable
    motor: dict[str, Range]
    raised_icp: dict[str, Range]
    imaging: dict[str, Range]
    crs: CrsTable


@dataclass(frozen=True, slots=True)
class Product:
    """A therapy that starts a course (rule T3); `provenance` is None for one from a site's own file.

    `delayed_signs`: CAR-T cells against BCMA, after which delayed neurotoxicity is watched for (rule N).
    """

    name: str
    short: str
    therapy_class: TherapyClass
    single_infusion: bool
    delayed_signs: bool = False
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Drugs:
    """Which drugs the rules mean by a class (guidelines/drugs/)."""

    edition: Edition
    corticosteroids: frozenset[Drug]
    sedatives: frozenset[Drug]
    neuromuscular_blockers: frozenset[Drug]
    opioids: frozenset[Drug]
    antipsychotics: frozenset[Drug]
    antiseizure: frozenset[Drug]
    immunosuppressants: frozenset[Drug]
    products: dict[ProductKey, Product]

    def product(self, drug: Drug | None) -> Product | None:
        """The product that a drug is; None if it starts no course, or it is not known which drug it is."""
        return self.products.get(ProductKey(drug)) if drug else None


class EvidenceUse(StrEnum):
    """What a drug was given for."""

    REFRACTORY = "refractory"
    PROPHYLAXIS = "prophylaxis"


@dataclass(frozen=True, slots=True)
class DrugEvidence(Sourced):
    drug: Drug
    use: EvidenceUse
    effect: str


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """Published evidence on drugs for refractory ICANS and for preventing seizures (guidelines/refractory/)."""

    edition: Edition
    evidence: tuple[DrugEvidence, ...]

    def on(self, use: EvidenceUse) -> tuple[DrugEvidence, ...]:
        """The evidence for one use that has been confirmed against its source."""
        return tuple(row for row in self.evidence if row.use is use and row.provenance.verified)


@dataclass(frozen=True, slots=True)
class Rules:
    """All tables except advice by ICANS grade; the tables of risk and of CRS advice are independent of the grade."""

    grading: Grading
    decisions: DecisionRules
    drugs: Drugs
    risk: RiskRules
    look_alikes: LookAlikeTable
    refractory: EvidenceTable
    crs_advice: Management

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each table, including both risk tables."""
        risk = (self.risk.factors, self.risk.fludarabine)
        return (self.grading, self.decisions, self.drugs, *risk, self.look_alikes, self.refractory, self.crs_advice)


# Every type of table that has an edition.
Table = Grading | DecisionRules | Drugs | RiskTable | FludarabineTable | LookAlikeTable | EvidenceTable | Management


class Protocol(NamedTuple):
    """The tables in force and the site's choices about them."""

    rules: Rules
    management: tuple[Management, ...]
    labels: Management | None = None
    other_scales: bool = True

    @property
    def tables(self) -> tuple[Management, ...]:
        """All tables of advice: the site's own, the guidelines, then the labels of the region."""
        return (*self.management, self.labels) if self.labels else self.management

    def label_of(self, product: ProductKey | None) -> ProductLabel | None:
        """A product's label in the region; None if it has none there."""
        return self.labels.label.get(product) if self.labels and product else None

    def untranscribed_label_of(self, product: ProductKey | None) -> str:
        """The brand of a product whose label is known to speak of ICANS and is not in the table; else empty."""
        return self.labels.untranscribed.get(product, "") if self.labels and product else ""
