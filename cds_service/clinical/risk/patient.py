"""Risk factors from the patient and the product: age, diagnoses, product, number of cells."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.course.instrument import age_at
from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.facts.patient import CellDose, DoseRecord
from cds_service.clinical.risk.body import WEIGHT, nearest
from cds_service.clinical.risk.factor import InCourse, Measure, Quantity, RiskFactor, State, judged, unknown
from cds_service.clinical.tables.risk import HistoryRisk

YOUNGER_AGE, PRODUCT_CLASS, CELL_DOSE = "younger-age", "product-class", "cell-dose"


def age_factor(at: InCourse) -> RiskFactor:
    """Context only, without weight: the evidence is inconsistent."""
    age = age_at(at.chart.facts.birth, at.moment, at.chart.facts.zone)
    if age is None:
        return unknown(YOUNGER_AGE, "no birth date")
    limit = at.table.age.younger_below_years
    younger = {years < limit for years in age}
    present = younger.pop() if len(younger) == 1 else None
    return RiskFactor(
        YOUNGER_AGE, judged(present=present), (Measure(Quantity.AGE, max(age), "years"),), "context, no weight"
    )


def history_factor(at: InCourse, row: HistoryRisk) -> RiskFactor:
    """A diagnosis from before the course. None on record means unknown; only a refuted one is absent."""
    known = [one for one in at.chart.facts.diagnoses if one.concept in row.diagnoses]
    before = [one for one in known if one.time is None or one.time < at.start]
    confirmed = [one for one in before if not one.refuted]
    found = confirmed or before
    if not found:
        return unknown(row.factor, "none on file")
    measures = {one.concept: Measure(one.concept, "on file", "", one.time if one.has_onset else None) for one in found}
    sources = tuple(dict.fromkeys(one.source for one in found if one.source))
    state, reason = (State.PRESENT, "before the course") if confirmed else (State.ABSENT, "refuted")
    return RiskFactor(row.factor, state, tuple(measures.values()), reason, sources)


def product_factor(at: InCourse) -> RiskFactor:
    """The co-stimulation of the newest product; only CAR-T cells of the two kinds are compared."""
    dose, kinds = at.course.last_dose(at.moment), at.table.product
    if dose.product is None:
        return unknown(PRODUCT_CLASS, "product not on record")
    measure = Measure(Quantity.PRODUCT, dose.product, time=dose.time)
    sources = (dose.source,) if dose.source else ()
    if dose.product in kinds.cd28:
        return RiskFactor(PRODUCT_CLASS, State.PRESENT, (measure,), "CD28 co-stimulation", sources)
    if dose.product in kinds.four_1bb:
        return RiskFactor(PRODUCT_CLASS, State.ABSENT, (measure,), "4-1BB co-stimulation", sources)
    return RiskFactor(PRODUCT_CLASS, State.UNKNOWN, (measure,), "no comparison published", sources)


def cell_dose_factor(at: InCourse) -> RiskFactor:
    """The cell count of the newest dose, as a value: no cut-off is confirmed for a marketed product."""
    given = _newest_cells(at)
    if not given:
        return unknown(CELL_DOSE, "number of cells not on record")
    per_kg = _per_kg(at, given)
    amount, unit = (sum(one.cells.millions for one in given), "million") if per_kg is None else (per_kg, "million/kg")
    measure = Measure(Quantity.CELLS, round(amount, 2), unit, given[0].record.time)
    sources = tuple(dict.fromkeys(one.record.source for one in given if one.record.source))
    return RiskFactor(CELL_DOSE, State.UNKNOWN, (measure,), "no cut-off confirmed for this product", sources)


class _Bag(NamedTuple):
    """A record of a dose of cells, with the number of cells in it."""

    record: DoseRecord
    cells: CellDose


def _newest_cells(at: InCourse) -> list[_Bag]:
    """All bags of the newest dose of cells; the same amount at the same time is one bag recorded twice."""
    doses = (one for one in at.chart.facts.doses if one.therapy_class in CELLS and one.time <= at.moment)
    counted = [_Bag(one, one.cells) for one in doses if one.cells]
    if not counted:
        return []
    span, newest = at.chart.rules.decisions.therapy.same_dose, counted[-1].record
    near = [one for one in counted if newest.time - one.record.time <= span]
    same = [one for one in near if one.record.product == newest.product]
    return list({(one.record.time, one.cells): one for one in same}.values())


def _per_kg(at: InCourse, given: list[_Bag]) -> float | None:
    """The cells per kg: as recorded, or the count divided by the weight; None without a weight."""
    weight = nearest(at.of(WEIGHT), given[0].record.time)
    divisors = [1.0 if one.cells.per_kg else float(weight.value) if weight else None for one in given]
    parts = [one.cells.millions / kg for one, kg in zip(given, divisors, strict=True) if kg]
    return sum(parts) if len(parts) == len(given) else None
