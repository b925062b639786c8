"""Full-dose fludarabine although the creatinine clearance calls for a reduction (guidelines/fludarabine/)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.facts.orders import PER_M2, Order
from cds_service.clinical.order_checks.alert import DELETE, Alert, Change, CheckContext, Figure, Variant
from cds_service.clinical.order_checks.baseline import UNNAMED
from cds_service.clinical.risk.body import BodySurface, KidneyFunction, body_surface, kidney_function
from cds_service.clinical.risk.fludarabine import FLUDARABINE, is_unreduced, label_doses
from cds_service.clinical.tables.names import Drug, ProductKey
from cds_service.clinical.tables.risk import LabelDose
from cds_service.clinical.tables.vocabulary import AlertCode, Request


def fludarabine_alerts(context: CheckContext) -> Iterator[Alert]:
    """One for each draft before cells, compared with the label's dose; only for adults with a known clearance.

    If the product is unknown, the draft is compared with the lowest label dose of any product.
    """
    moment, rules = context.evaluation.as_of, context.risk
    function = kidney(context)
    if function.clearance is None or not is_before_cells(context):
        return
    surface, rows = _surface(context), _rows(context)
    for order in context.occasion.drafts:
        dose = _per_m2(order, surface) if order.drug == FLUDARABINE else None
        if dose is None or not is_unreduced(
            dose, [row.mg_per_m2 for row in rows], function.clearance, rules.fludarabine
        ):
            continue
        never = function.clearance < rules.fludarabine.renal.none_below
        figures: dict[str, Figure] = {
            "dose": dose,
            "label": "-".join(f"{amount:g}" for amount in sorted({row.mg_per_m2 for row in rows})),
            "clearance": int(function.clearance),
            "limit": rules.fludarabine.renal.none_below if never else rules.fludarabine.renal.limit,
            "measured": function.creatinine.time if function.creatinine else moment,
            "reduced_below": f"{rules.fludarabine.dose.unreduced_from:.0%}",
            "source": rules.fludarabine.edition.label,
        }
        review = Proposal(ProposalKind.SERVICE, Request.DOSE_REVIEW, about=order.drug)
        changes = (review, *((Change(DELETE, order),) if order.reference else ()))
        yield Alert(AlertCode.FLUDARABINE_UNREDUCED, order, Variant.NEVER if never else None, figures, changes=changes)


def needs_reduction(context: CheckContext) -> bool:
    """Whether the clearance is known and below the limit of the label that the site has chosen."""
    clearance = kidney(context).clearance
    return clearance is not None and clearance < context.risk.fludarabine.renal.limit


def unjudged_fludarabine(context: CheckContext) -> tuple[Order, ...]:
    """Drafts that should be reduced, but whose dose per m2 is unknown."""
    drafts = [order for order in context.occasion.drafts if order.drug == FLUDARABINE]
    if not drafts or not is_before_cells(context) or not needs_reduction(context):
        return ()
    surface = _surface(context)
    return tuple(order for order in drafts if _per_m2(order, surface) is None)


def is_before_cells(context: CheckContext) -> bool:
    """Whether this may be lymphodepletion: cells are drafted or ordered, or were given or are planned around now."""
    if _cells(context):
        return True
    moment, span = context.evaluation.as_of, context.risk.factors.time.before
    given = [dose.time for dose in context.chart.doses if dose.therapy_class in CELLS]
    planned = [statement.time for statement in context.facts.infusion_dates]
    return any(moment - span <= time <= moment + span for time in (*given, *planned))


def kidney(context: CheckContext) -> KidneyFunction:
    """The current renal function."""
    facts, moment = context.facts, context.evaluation.as_of
    rules = context.risk
    return kidney_function(facts, moment, moment, rules.factors.time.before, rules.fludarabine)


def _surface(context: CheckContext) -> BodySurface | None:
    facts, moment = context.facts, context.evaluation.as_of
    return body_surface(facts, moment, moment, context.risk.fludarabine)


def _rows(context: CheckContext) -> tuple[LabelDose, ...]:
    """The label doses for the cells drafted or ordered; those of every product if the product is unknown."""
    table = context.risk.fludarabine
    product = next((name for name in _cells(context) if name != UNNAMED), None)
    return label_doses(context.facts, ProductKey(product), table) if product else table.label


def _cells(context: CheckContext) -> tuple[Drug, ...]:
    """The cells that are drafted or ordered."""
    products = context.drugs.products
    cells = {UNNAMED, *(name for name, product in products.items() if product.therapy_class in CELLS)}
    orders = (*context.occasion.drafts, *context.facts.orders)
    return tuple(order.drug for order in orders if order.drug in cells)


def _per_m2(order: Order, surface: BodySurface | None) -> float | None:
    """Mg/m2 in 24 h; None if the amount, or the body surface area needed to derive it, is unknown."""
    if any(dose.per == PER_M2 for dose in order.doses):
        return order.a_day(None, 1)
    milligrams = order.a_day(None)
    return milligrams / surface.m2 if milligrams is not None and surface else None
