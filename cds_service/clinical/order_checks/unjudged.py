"""Orders that could not be checked and may matter for this patient: silence would read as approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.facts.gap import UNKNOWN_DRUG
from cds_service.clinical.facts.occasion import OccasionKind, Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, ENDED, Order
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.order_checks.alert import Alert, CheckContext
from cds_service.clinical.order_checks.baseline import baseline_at_order
from cds_service.clinical.order_checks.checks import Check
from cds_service.clinical.order_checks.corticosteroid import steroid_amounts, steroid_drafts
from cds_service.clinical.order_checks.fludarabine import is_before_cells, needs_reduction, unjudged_fludarabine
from cds_service.clinical.order_checks.missing_data import (
    is_at_steroid_grade,
    missing_for,
    orders_without_data,
    stay_without_data,
)
from cds_service.clinical.order_checks.next_dose import engager_alerts, split_dose_alerts, unsettled_doses
from cds_service.clinical.order_checks.sedatives import depressant_alerts
from cds_service.clinical.order_checks.tocilizumab import tocilizumab_alerts, unjudged_tocilizumab
from cds_service.clinical.risk.fludarabine import FLUDARABINE
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.advice import CHILD, TOCILIZUMAB
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.steroids import running_steroids

# Checks that do not need the dose.
WITHOUT_A_DOSE = (tocilizumab_alerts, depressant_alerts, engager_alerts, split_dose_alerts)


def unjudged_orders(context: CheckContext, alerts: Iterable[Alert]) -> tuple[Unjudged, ...]:
    """Each order of the call, or the encounter, that could not be checked although an alert might apply to it.

    Leaves out orders that already have an alert (`alerts`). Empty if the patient could not be assessed at all, because
    the status card reports that.
    """
    facts, kind = context.facts, context.occasion.kind
    failed = context.evaluation.attention is Attention.FAILED
    if kind is OccasionKind.PATIENT_VIEW or facts.deceased or Need.PATIENT in facts.failed or failed:
        return ()
    if not kind.is_about_orders:
        return tuple(stay_without_data(context, alerts))
    unread = (one for one in context.occasion.unread if _is_at_stake(context, one.order))
    alerted = {alert.order for alert in alerts}
    unsettled = (Unjudged(order, UnjudgedReason.LABEL) for order in unsettled_doses(context))
    found = (*unread, *_without_dose(context), *_beside_unknown(context), *unsettled)
    known = alerted | {one.order for one in found}
    without_data = (one for one in orders_without_data(context) if one.order not in known)
    return (*(one for one in found if one.order not in alerted), *without_data)


def options_beside(context: CheckContext, orders: Iterable[Unjudged]) -> tuple[Advice, ...]:
    """The options that an unjudged corticosteroid would have been compared with."""
    names = {UNKNOWN_DRUG, *context.drugs.corticosteroids}
    if not any(one.order.drug in names for one in orders):
        return ()
    return tuple(entry for entry in context.evaluation.advice if entry.row.action is Action.CORTICOSTEROID)


def _is_at_stake(context: CheckContext, order: Order) -> bool:
    """Whether this order might have led to an alert had it been readable."""
    drugs = context.drugs
    unknown = order.drug == UNKNOWN_DRUG
    if (unknown or order.drug in drugs.corticosteroids) and _steroid_matters(context, order):
        return True
    if order.status != DRAFT:
        return False
    if unknown:
        others = (
            TOCILIZUMAB,
            min(drugs.sedatives),
            min(drugs.corticosteroids),
            *filter(None, (context.evaluation.profile.product,)),
        )
        return any(_might_raise_alert(context, other, WITHOUT_A_DOSE) for other in others)
    if order.drug == FLUDARABINE and is_before_cells(context) and needs_reduction(context):
        return True
    return _might_raise_alert(context, order.drug, (*WITHOUT_A_DOSE, baseline_at_order))


def _might_raise_alert(context: CheckContext, drug: Drug, checks: Iterable[Check]) -> bool:
    """Whether a draft of this drug alone would lead to an alert, or cannot be checked because data are missing."""
    return _raises_alert(context, drug, checks) or bool(missing_for(context, Order("", drug, DRAFT)))


def _raises_alert(context: CheckContext, drug: Drug, checks: Iterable[Check]) -> bool:
    """Whether a draft of this drug alone would lead to an alert."""
    supposed = context._replace(occasion=replace(context.occasion, orders=(Order("", drug, DRAFT),)))
    return any(True for check in checks for _ in check(supposed))


def _steroid_matters(context: CheckContext, order: Order) -> bool:
    """Whether a corticosteroid order matters: the grade has corticosteroid options or is unknown.

    Drafts matter in adults, orders to stop in patients of any age. A draft that may be less than what was given matters
    at any age, from the grade at which a lower dose raises an alert.
    """
    evaluation = context.evaluation
    if order.status == DRAFT and _may_be_lower(context):
        return True
    if not context.concerned or not is_at_steroid_grade(context):
        return False
    if order.status in ENDED or order.replaces:
        return bool(running_steroids(context.chart, evaluation.icans.time))
    return order.status == DRAFT and evaluation.age_group != CHILD


def _may_be_lower(context: CheckContext) -> bool:
    """Whether a draft of less than what was given would lead to an alert."""
    grade = context.evaluation.icans.grade or 0
    alerted = context.concerned and grade >= context.rules.steroid_lower_from_grade
    return alerted and context.evaluation.treatment.steroids.equivalent is not None


def _without_dose(context: CheckContext) -> Iterator[Unjudged]:
    """Drafts of known drugs whose dose is unknown. During selection the dose may not have been entered yet."""
    steroids = [order for order in steroid_drafts(context) if order.a_day(context.weight) is None]
    matters = [order for order in steroids if _steroid_matters(context, order)]
    for order in (*matters, *unjudged_tocilizumab(context), *unjudged_fludarabine(context)):
        if order.doses or context.occasion.kind is OccasionKind.ORDER_SIGN:
            yield Unjudged(order, _reason(order))


def _reason(order: Order) -> UnjudgedReason:
    """Why the amount of an order is not known."""
    if not order.doses or any(dose.amount is None for dose in order.doses):
        return UnjudgedReason.DOSE
    timed = all(dose.times is not None for dose in order.doses)
    return UnjudgedReason.SIZE if timed else UnjudgedReason.TIMING


def _beside_unknown(context: CheckContext) -> Iterator[Unjudged]:
    """A draft that is too little on its own, when it is unknown what else the patient is receiving."""
    amounts, drafts = steroid_amounts(context), steroid_drafts(context)
    if amounts is None or amounts.drafted is None or amounts.lowest is None or amounts.drafted >= amounts.lowest:
        return
    if amounts.running is None and _steroid_matters(context, drafts[0]):
        yield Unjudged(drafts[0], UnjudgedReason.RUNNING)
