"""Orders and stays that cannot be checked because data are missing: a failure is never silent (contract.md 1, 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from cds_service.clinical.facts.gap import GapKind
from cds_service.clinical.facts.occasion import STAY, OccasionKind, Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, ENDED, Order
from cds_service.clinical.facts.patient import Need, PatientFacts
from cds_service.clinical.order_checks.alert import Alert, CheckContext
from cds_service.clinical.order_checks.baseline import has_baseline
from cds_service.clinical.order_checks.fludarabine import is_before_cells, kidney, needs_reduction
from cds_service.clinical.order_checks.sedatives import may_hide
from cds_service.clinical.order_checks.tocilizumab import is_for_crs, may_be_alone
from cds_service.clinical.risk.fludarabine import FLUDARABINE
from cds_service.clinical.tables.advice import CHILD, TOCILIZUMAB
from cds_service.clinical.tables.vocabulary import AlertCode, TherapyClass
from cds_service.clinical.treatment.steroids import running_steroids

FAILED = frozenset({GapKind.NOT_PERMITTED, GapKind.SERVER_UNAVAILABLE, GapKind.UNREADABLE})
CUT_OFF = FAILED | {GapKind.TRUNCATED, GapKind.INCOMPLETE}
ABSENT = CUT_OFF | {GapKind.NOT_PROVIDED}
THERAPY_SOURCES, KIDNEY_SOURCES = ("therapy", "procedures"), ("labs", "vitals")


def orders_without_data(context: CheckContext) -> Iterator[Unjudged]:
    """Each readable order that cannot be checked because data are missing."""
    for order in context.occasion.orders:
        reason = missing_for(context, order)
        if reason:
            yield Unjudged(order, reason)


def missing_for(context: CheckContext, order: Order) -> UnjudgedReason | None:
    """The missing data that could have led to an alert about this order; None if there are none."""
    facts, draft = context.facts, order.status == DRAFT
    if draft and is_therapy_unknown(context) and _matters_after_therapy(context, order):
        return UnjudgedReason.THERAPY
    if order.drug == FLUDARABINE:
        return _missing_for_fludarabine(context) if draft else None
    counted = draft and order.drug == TOCILIZUMAB and is_for_crs(context)
    unread = context.evaluation.treatment.tocilizumab.unread or may_be_alone(context)
    if counted and (unread or _is_lost(facts, ("drugs",))):
        return UnjudgedReason.GIVEN
    return (
        UnjudgedReason.GIVEN if _ends_what_is_unknown(context, order) and _is_lost(facts, ("drugs",), FAILED) else None
    )


def stay_without_data(context: CheckContext, alerts: Iterable[Alert]) -> Iterator[Unjudged]:
    """Checks of an admission or a discharge that could not be made, except those already reported."""
    facts, kind = context.facts, context.occasion.kind
    raised, stay = {alert.code for alert in alerts}, Order("", STAY, "")
    if is_therapy_unknown(context):
        yield Unjudged(stay, UnjudgedReason.THERAPY)
    begins = (
        kind is OccasionKind.ENCOUNTER_START
        and AlertCode.CART_WITHOUT_BASELINE not in raised
        and not has_baseline(context)
    )
    if begins and _is_lost(facts, ("orders",)):
        yield Unjudged(stay, UnjudgedReason.ORDERED)
    after_therapy = context.within_days(context.rules.instructions_until_day)
    ends = kind is OccasionKind.ENCOUNTER_DISCHARGE and AlertCode.TAPER_RUNNING not in raised and after_therapy
    if ends and _is_lost(facts, ("drugs",), FAILED):
        yield Unjudged(stay, UnjudgedReason.GIVEN)


def is_therapy_unknown(context: CheckContext) -> bool:
    """Whether no therapy was found and a source of it failed or was truncated; with ICANS suspected, for any reason.

    If every source failed, the status card reports it.
    """
    chart = context.chart
    if chart.course is not None or chart.facts.therapy_checked or Need.THERAPY in chart.facts.failed:
        return False
    return context.concerned or _is_lost(chart.facts, THERAPY_SOURCES)


def _is_lost(facts: PatientFacts, sources: Collection[str], kinds: Collection[GapKind] = CUT_OFF) -> bool:
    return any(gap.concept in sources and gap.kind in kinds for gap in facts.gaps)


def _matters_after_therapy(context: CheckContext, order: Order) -> bool:
    """Whether a draft could raise an alert if the patient had received a therapy."""
    evaluation, drugs = context.evaluation, context.drugs
    if order.drug in drugs.corticosteroids:
        return order.systemic and is_at_steroid_grade(context) and evaluation.age_group != CHILD
    if order.drug in drugs.sedatives | drugs.opioids:
        return order.systemic and may_hide(context)
    if order.drug == TOCILIZUMAB:
        return evaluation.crs.range.hi > 0
    product = drugs.product(order.drug)
    return product is not None and (product.therapy_class == TherapyClass.ENGAGER or not product.single_infusion)


def is_at_steroid_grade(context: CheckContext) -> bool:
    """Whether the grade has corticosteroid options or is unknown."""
    grade = context.evaluation.icans.grade
    return grade is None or grade >= context.rules.steroid_from_grade


def _ends_what_is_unknown(context: CheckContext, order: Order) -> bool:
    """Whether an order ends or replaces a corticosteroid, although none is known to be running."""
    evaluation = context.evaluation
    if order.drug not in context.drugs.corticosteroids or not order.systemic:
        return False
    ends = order.status in ENDED or order.replaces
    concerned = context.concerned and is_at_steroid_grade(context)
    return ends and concerned and not running_steroids(context.chart, evaluation.icans.time)


def _missing_for_fludarabine(context: CheckContext) -> UnjudgedReason | None:
    """Which is missing: the renal function, or whether cells are ordered."""
    facts, before_cells = context.facts, is_before_cells(context)
    orders_lost = _is_lost(facts, ("orders",), ABSENT)
    if kidney(context).clearance is None:
        return UnjudgedReason.KIDNEY if (before_cells or orders_lost) and _is_lost(facts, KIDNEY_SOURCES) else None
    return UnjudgedReason.ORDERED if orders_lost and not before_cells and needs_reduction(context) else None
