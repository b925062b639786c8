"""All risk factors of a patient, in the order of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.history import History
from cds_service.clinical.risk import course, fludarabine, laboratory, patient, scores
from cds_service.clinical.risk.factor import InCourse, RiskFactor
from cds_service.clinical.tables.risk import Evidence

# The vocabulary of docs/assessment-codes.md: the seven of the patient leaflet first, then the others.
VOCABULARY = (
    "younger-age",
    "neurological-history",
    "medical-history",
    "tumour-burden",
    "cell-dose",
    "fludarabine",
    "crs",
    "cytokines",
    "product-class",
    "early-fever",
    "high-fever",
    "ferritin",
    "platelets",
    "fibrinogen",
    "ldh",
    "crp",
    "prior-icans",
    "cns-disease",
    "easix",
    "s-easix",
    "m-easix",
    "fludarabine-renal",
)
# Shown as context, never counted.
WITHOUT_WEIGHT = frozenset({"younger-age"})
# In the evaluation but not on a card: no cut-off is confirmed by which it could be judged.
NEVER_JUDGED = frozenset({"cell-dose"})


class Risk(NamedTuple):
    """The factors of a patient, and the published evidence on each by its name.

    `renal_limit`: the creatinine clearance (mL/min) below which the label calls for less fludarabine.
    """

    factors: tuple[RiskFactor, ...] = ()
    published: Mapping[str, Evidence] = MappingProxyType({})
    renal_limit: float = 0.0

    @property
    def shown(self) -> tuple[RiskFactor, ...]:
        """The factors that cards show, without those that are only context."""
        return tuple(factor for factor in self.factors if factor.name not in WITHOUT_WEIGHT | NEVER_JUDGED)


def risk_of(chart: Chart, history: History, crs: Crs) -> Risk:
    """The risk factors of a patient; none without a therapy, or after death."""
    if chart.course is None or chart.facts.deceased:
        return Risk()
    table = chart.rules.risk
    factors = _factors(InCourse(chart, chart.course, crs.time), history, crs)
    published = {factor.name: table.factors.basis_of(factor.name) for factor in factors}
    return Risk(factors, published, table.fludarabine.renal.limit)


def _factors(at: InCourse, history: History, crs: Crs) -> tuple[RiskFactor, ...]:
    """Each factor once: present, absent or unknown."""
    measured = {row.factor: laboratory.laboratory_factor(at, row) for row in at.table.laboratory}
    found = (
        *measured.values(),
        *(patient.history_factor(at, row) for row in at.table.history),
        *(scores.score_factor(at, row) for row in at.table.score),
        laboratory.tumour_burden_factor(at, measured[laboratory.LDH]),
        patient.age_factor(at),
        patient.product_factor(at),
        patient.cell_dose_factor(at),
        fludarabine.fludarabine_factor(at),
        fludarabine.renal_factor(at),
        course.crs_factor(at, crs),
        course.early_fever_factor(at),
        course.high_fever_factor(at),
        course.prior_icans_factor(at, history),
    )
    return tuple(sorted(found, key=lambda factor: VOCABULARY.index(factor.name)))
