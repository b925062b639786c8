"""Fludarabine that is not reduced although the clearance asks for it (risk_fludarabine_2026.toml)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.findings.notice import DELETE, Change, Figure, Matter, Notice
from cds_service.clinical.orders import PER_M2, Order
from cds_service.clinical.proposals import DOSE_REVIEW, SERVICE, Proposal
from cds_service.clinical.risk.body import BodySurface, KidneyFunction, body_surface, kidney_function
from cds_service.clinical.risk.fludarabine import FLUDARABINE, is_unreduced, label_doses
from cds_service.clinical.risk.tables import LabelDose
from cds_service.clinical.therapy import CELLS


def fludarabine_notices(matter: Matter) -> Iterator[Notice]:
    """One for each draft of it, by the label dose of the product that is ordered; adults with a known clearance only.

    Where no product is known, the lowest label dose of all is what it is compared with.
    """
    moment, rules = matter.evaluation.as_of, matter.evaluation.chart.rules.risk
    kidney = _kidney(matter)
    if kidney.clearance is None:
        return
    surface, rows = _surface(matter), _rows(matter)
    for order in matter.occasion.drafts:
        dose = _per_m2(order, surface) if order.drug == FLUDARABINE else None
        if dose is None or not is_unreduced(dose, [row.mg_per_m2 for row in rows], kidney.clearance, rules.fludarabine):
            continue
        never = kidney.clearance < rules.fludarabine.renal.none_below
        figures: dict[str, Figure] = {
            "dose": dose,
            "label": "-".join(f"{amount:g}" for amount in sorted({row.mg_per_m2 for row in rows})),
            "clearance": int(kidney.clearance),
            "limit": rules.fludarabine.renal.none_below if never else rules.fludarabine.renal.limit,
            "measured": kidney.creatinine.time if kidney.creatinine else moment,
            "reduced_below": f"{rules.fludarabine.dose.unreduced_from:.0%}",
            "source": rules.fludarabine.edition.label,
        }
        review = Proposal(SERVICE, DOSE_REVIEW, about=order.drug)
        changes = (review, *((Change(DELETE, order),) if order.reference else ()))
        yield Notice("fludarabine-unreduced", order, "never" if never else "", figures, changes=changes)


def needs_reduction(matter: Matter) -> bool:
    """Whether the clearance is known and below the limit of the label that the site names."""
    clearance = _kidney(matter).clearance
    return clearance is not None and clearance < matter.evaluation.chart.rules.risk.fludarabine.renal.limit


def unjudged_fludarabine(matter: Matter) -> tuple[Order, ...]:
    """Drafts of which nobody can tell whether they are reduced, where they have to be."""
    drafts = [order for order in matter.occasion.drafts if order.drug == FLUDARABINE]
    if not drafts or not needs_reduction(matter):
        return ()
    surface = _surface(matter)
    return tuple(order for order in drafts if _per_m2(order, surface) is None)


def _kidney(matter: Matter) -> KidneyFunction:
    facts, moment = matter.evaluation.chart.facts, matter.evaluation.as_of
    rules = matter.evaluation.chart.rules.risk
    return kidney_function(facts, moment, moment, rules.factors.time.before, rules.fludarabine)


def _surface(matter: Matter) -> BodySurface | None:
    facts, moment = matter.evaluation.chart.facts, matter.evaluation.as_of
    return body_surface(facts, moment, moment, matter.evaluation.chart.rules.risk.fludarabine)


def _rows(matter: Matter) -> tuple[LabelDose, ...]:
    """The label doses before the cells that are drafted or ordered; all of them where no cells are."""
    table = matter.evaluation.chart.rules.risk.fludarabine
    orders = (*matter.occasion.drafts, *matter.evaluation.chart.facts.orders)
    products = matter.evaluation.chart.rules.drugs.products
    cells = {name for name, product in products.items() if product.therapy_class in CELLS}
    ordered = next((order.drug for order in orders if order.drug in cells), None)
    return label_doses(matter.evaluation.chart.facts, ordered, table) if ordered else table.label


def _per_m2(order: Order, surface: BodySurface | None) -> float | None:
    """Mg per m2 in 24 h; None where the amount or the body surface it needs is not known."""
    if any(dose.per == PER_M2 for dose in order.doses):
        return order.a_day(None, 1)
    milligrams = order.a_day(None)
    return milligrams / surface.m2 if milligrams is not None and surface else None
