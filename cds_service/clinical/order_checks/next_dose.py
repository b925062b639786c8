"""Orders for the next dose of a therapy during or after ICANS: engagers, and the second part of a split dose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cds_service.clinical.advice.offered import next_dose_advice
from cds_service.clinical.advice.selection import Advice, advice, covers_next_dose
from cds_service.clinical.course import charted
from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.order_checks.alert import DELETE, Alert, Change, CheckContext, Variant
from cds_service.clinical.tables.names import Drug, ProductKey
from cds_service.clinical.tables.vocabulary import Action, AlertCode, TherapyClass


def engager_alerts(context: CheckContext) -> Iterator[Alert]:
    """An engager that its label says to withhold at the present grade, or to discontinue permanently."""
    grade = context.evaluation.icans.known_grade if context.concerned else None
    for order in context.occasion.drafts:
        if _class_of(order, context) != TherapyClass.ENGAGER:
            continue
        if grade and (against := _advice_against(context, order, grade)):
            yield _alert(AlertCode.ENGAGER_DOSE_WITH_ICANS, context, order, against)
        elif not grade and (standing := still_against(context, order.drug)):
            alert = _alert(AlertCode.ENGAGER_DOSE_WITH_ICANS, context, order, standing, _highest_so_far(context))
            yield replace(alert, variant=Variant.STOP_AFTER if _stops(standing) else Variant.WITHHOLD_AFTER)


def unsettled_doses(context: CheckContext) -> Iterator[Order]:
    """Drafts of an engager during ICANS for which no table covers the next dose."""
    if context.concerned and context.evaluation.icans.known_grade:
        for order in context.occasion.drafts:
            known = covers_next_dose(context.protocol.tables, order.drug)
            if _class_of(order, context) == TherapyClass.ENGAGER and not known:
                yield order


def still_against(context: CheckContext, product: Drug) -> tuple[Advice, ...]:
    """The advice on the label of the last product against a dose, after an event that may have improved."""
    profile = context.evaluation.profile
    return next_dose_advice(advice(context.protocol.tables, 0, profile)) if product == profile.product else ()


def split_dose_alerts(context: CheckContext) -> Iterator[Alert]:
    """The second part of a split dose of cells, if ICANS has occurred since the first."""
    since = context.evaluation.profile.since_dose
    highest = max(since.highest, _highest_charted(context))
    for order in context.occasion.drafts if highest and since.doses == 1 else ():
        product = context.drugs.product(order.drug)
        split = product is not None and product.therapy_class in CELLS and not product.single_infusion
        if split and order.drug == context.evaluation.profile.product:
            against = _advice_against(context, order, highest)
            alert = _alert(AlertCode.SPLIT_DOSE_WITH_ICANS, context, order, against, highest)
            yield replace(alert, variant=Variant.LATE) if _is_too_late(context, against) else alert


def _is_too_late(context: CheckContext, against: tuple[Advice, ...]) -> bool:
    """Whether the label's time limit for a postponed dose has passed."""
    waits = [entry.row.next_dose for entry in against if entry.row.action is Action.WITHHOLD and entry.row.next_dose]
    return any(rule.is_over(context.evaluation.day) for rule in waits)


def _advice_against(context: CheckContext, order: Order, grade: int) -> tuple[Advice, ...]:
    """The advice on the drafted product's label against a dose at this grade."""
    profile = context.evaluation.profile._replace(product=ProductKey(order.drug))
    return next_dose_advice(advice(context.protocol.tables, grade, profile))


def _alert(
    code: AlertCode, context: CheckContext, order: Order, against: tuple[Advice, ...], highest: int = 0
) -> Alert:
    """The alert, with the label's own rows if they are about the product last given."""
    sources = tuple(dict.fromkeys(entry.source for entry in against))
    return Alert(
        code,
        order,
        Variant.STOP if _stops(against) else Variant.WITHHOLD,
        {"highest": highest, "sources": sources},
        advice=against if order.drug == context.evaluation.profile.product else (),
        changes=(Change(DELETE, order),) if order.reference else (),
    )


def _stops(against: tuple[Advice, ...]) -> bool:
    """Whether the therapy is stopped permanently rather than withheld."""
    return any(entry.row.action is Action.STOP for entry in against)


def _highest_so_far(context: CheckContext) -> int:
    """The grade that ended the therapy: the highest since the last dose, or the one that recurred."""
    since = context.evaluation.profile.since_dose
    return max(since.highest, since.came_again)


def _class_of(order: Order, context: CheckContext) -> TherapyClass | None:
    product = context.drugs.product(order.drug)
    return product.therapy_class if product else None


def _highest_charted(context: CheckContext) -> int:
    """The highest grade that a clinician charted since the last dose."""
    last = context.evaluation.last_dose
    records = context.chart.of(charted.ICANS).until(context.evaluation.icans.time)
    return max((int(record.value) for record in records if last and record.time >= last.time), default=0)
