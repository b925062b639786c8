"""A baseline to compare with later, and what to watch for: when a therapy is ordered, and at admission (rule U1)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course.assessment import CAPD_TOTAL, ICE_TOTAL
from cds_service.clinical.course.concepts import CAPD, ICE
from cds_service.clinical.drafts.proposal import assessment
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import Need, Record
from cds_service.clinical.order_checks.alert import Alert, CheckContext, Variant
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.names import Concept, Drug
from cds_service.clinical.tables.vocabulary import AlertCode

# A procedure that names no product (fhir_mapping/valuesets/car-t-procedure.json).
UNNAMED = Drug(Concept("car-t-procedure"))


def baseline_at_order(context: CheckContext) -> Iterator[Alert]:
    """An alert for the first order of cells or an engager if no baseline is on record."""
    order = next((order for order in context.occasion.drafts if _is_therapy(order, context)), None)
    if order is not None:
        yield from _without_baseline(context, order, Variant.ORDER)


def baseline_at_start(context: CheckContext) -> Iterator[Alert]:
    """The same at admission, if there is an active order or a dose was given in the last few days."""
    evaluation = context.evaluation
    dose = evaluation.last_dose
    if dose is not None and evaluation.as_of - dose.time <= context.rules.dose_just_given:
        yield from _without_baseline(context, None, Variant.DOSE)
        return
    order = next((order for order in context.facts.orders if _is_therapy(order, context)), None)
    if order is not None:
        yield from _without_baseline(context, order, Variant.ORDER)


def plan_alerts(context: CheckContext) -> Iterator[Alert]:
    """Risk factors, what is due and whom to call, for patients who always get a status card."""
    evaluation = context.evaluation
    due = evaluation.next_assessment
    if evaluation.attention is not Attention.ALWAYS or due is None:
        return
    reminder = assessment(evaluation, max(due, evaluation.as_of))
    yield Alert(AlertCode.MONITORING_PLAN, figures={"due": reminder.due or due}, changes=(reminder,))


def _without_baseline(context: CheckContext, order: Order | None, variant: Variant) -> Iterator[Alert]:
    evaluation = context.evaluation
    if Need.OBSERVATIONS in context.facts.failed or has_baseline(context, variant):
        return
    assess = assessment(evaluation, evaluation.as_of)
    days = {"days": context.rules.baseline.days}
    yield Alert(AlertCode.CART_WITHOUT_BASELINE, order, variant, days, changes=(assess,))


def has_baseline(context: CheckContext, variant: Variant = Variant.ORDER) -> bool:
    """Whether ICE (CAPD) was scored while awake in the last 14 days, and before the first dose if one was given."""
    evaluation = context.evaluation
    chart, dose = context.chart, evaluation.last_dose
    since = evaluation.as_of - context.rules.baseline
    until = dose.time if variant is Variant.DOSE and dose is not None else evaluation.as_of
    return any(since <= score.time <= until and not chart.sedation.at(score.time) for score in _scores(context))


def _scores(context: CheckContext) -> Iterator[Record]:
    """The records of the instrument for the patient's age; of both if the age leaves it open."""
    chart, instrument = context.chart, context.evaluation.instrument
    concepts = {ICE: (ICE_TOTAL, *chart.rules.grading.ice.items), CAPD: (CAPD_TOTAL,)}
    for name, group in concepts.items():
        if instrument in (None, name):
            yield from (record for concept in group for record in chart.facts.of(concept))


def _is_therapy(order: Order, context: CheckContext) -> bool:
    return order.drug == UNNAMED or order.drug in context.drugs.products
