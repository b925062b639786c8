"""Corticosteroid orders: stopped too early, less than was given, or too little for the grade (rules E0, E1, E4, E5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.offered import lowest_steroid_total
from cds_service.clinical.advice.selection import avoided
from cds_service.clinical.facts.orders import ACTIVE, DRAFT, Order
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.order_checks.alert import (
    DELETE,
    UPDATE,
    Alert,
    Change,
    CheckContext,
    DrugNames,
    Figure,
    Variant,
    one_of_a_draft,
)
from cds_service.clinical.tables.advice import ADULT
from cds_service.clinical.tables.vocabulary import Action, AlertCode
from cds_service.clinical.treatment.steroids import Equivalents, amount_of_doses, amount_of_orders, running_steroids


def steroid_alerts(context: CheckContext) -> Iterator[Alert]:
    """One alert, led by what matters most; alerts about options start at the lowest grade that has any."""
    grade = context.evaluation.icans.grade or 0
    if not context.concerned or grade < context.rules.steroid_lower_from_grade:
        return
    has_options = grade >= context.rules.steroid_from_grade
    stopped, below = (_stopped_early(context), _below_options(context)) if has_options else ((), ())
    yield from one_of_a_draft((*stopped, *_lower_than_given(context), *below))


class Amounts(NamedTuple):
    """Mg of dexamethasone in 24 h: drafted, given in the last 24 h, and in the lowest option; None: unknown."""

    drafted: float | None
    running: float | None
    lowest: float | None


def steroid_amounts(context: CheckContext) -> Amounts | None:
    """The amounts to compare for an adult's drafts; None if there is no draft or no option."""
    evaluation, drafts = context.evaluation, steroid_drafts(context)
    if not drafts or evaluation.age_group != ADULT:
        return None
    equivalents = _equivalents(context)
    return Amounts(
        amount_of_orders(drafts, context.weight, equivalents),
        evaluation.treatment.steroids.mg if context.chart.facts.drugs_checked else None,
        lowest_steroid_total(evaluation.advice, equivalents, context.weight),
    )


def _equivalents(context: CheckContext) -> Equivalents:
    return context.chart.rules.decisions.steroids.dexamethasone_equivalent_mg


def _below_options(context: CheckContext) -> Iterator[Alert]:
    """The drafts and what is running add up to less than the lowest option; adults only."""
    evaluation, drafts = context.evaluation, steroid_drafts(context)
    drafted, running, lowest = steroid_amounts(context) or Amounts(None, None, None)
    if lowest is None or drafted is None or running is None or drafted + running >= lowest:
        return
    yield Alert(
        AlertCode.STEROID_BELOW_OPTIONS,
        drafts[0],
        figures={"planned": drafted, "running": running, "together": drafted + running, "lowest": lowest},
        advice=tuple(entry for entry in evaluation.advice if entry.row.action is Action.CORTICOSTEROID),
        changes=tuple(_changes(context, drafts)),
    )


def _lower_than_given(context: CheckContext) -> Iterator[Alert]:
    """The drafts give less in 24 h than was given in the last 24 h for any indication, which they may replace."""
    given, drafts = context.evaluation.treatment.steroids.equivalent, steroid_drafts(context)
    drafted = amount_of_orders(drafts, context.weight, _equivalents(context)) if drafts else None
    if given is not None and drafted is not None and drafted < given.mg:
        figures: dict[str, Figure] = {"planned": drafted, "running": given.mg}
        yield Alert(
            AlertCode.STEROID_LOWER_THAN_GIVEN, drafts[0], Variant.AT_LEAST if given.is_least else None, figures
        )


def _changes(context: CheckContext, drafts: Sequence[Order]) -> Iterator[Change]:
    """Other doses of a drafted drug; if no option uses that drug, another drug instead."""
    known = {draft.drug: draft for draft in reversed(drafts) if draft.reference}
    options = [
        (regimen, entry.source)
        for entry in context.evaluation.advice
        if entry.row.action is Action.CORTICOSTEROID and Action.CORTICOSTEROID not in avoided(context.evaluation.advice)
        for regimen in entry.regimens
        if regimen.mg or regimen.mg_per_kg
    ]
    same = [(regimen, source) for regimen, source in options if regimen.drug in known]
    for regimen, source in dict(same or options).items() if known else ():
        order = known.get(regimen.drug) or next(iter(known.values()))
        yield Change(UPDATE, order, regimen=regimen.one_dose(context.weight), published=regimen, source=source)


def _stopped_early(context: CheckContext) -> Iterator[Alert]:
    """A running corticosteroid is ended, or replaced by too low a dose."""
    chart, drafts = context.chart, steroid_drafts(context)
    running = running_steroids(chart, context.evaluation.icans.time)
    names = {dose.drug for dose in running}
    ended = [order for order in context.occasion.ended if order.drug in names and order.systemic]
    orders = [*ended, *(draft for draft in drafts if draft.replaces)]
    if not running or not orders:
        return
    gone = {order.drug for order in ended} or names
    staying = [dose for dose in running if dose.drug not in gone]
    before, after = _before(ended, running, staying, context), _together(drafts, staying, context)
    figures: dict[str, Figure] = {"given": DrugNames(tuple(sorted(names)))}
    changes = tuple(_undo(order) for order in orders if order.reference)
    if not drafts and not staying:
        yield Alert(AlertCode.STEROID_STOPPED_EARLY, orders[0], Variant.STOPPED, figures, changes=changes)
    elif before is not None and after is not None and after < before * context.rules.steroid_replaced_by_less_than:
        figures |= {"before": before, "after": after}
        yield Alert(AlertCode.STEROID_STOPPED_EARLY, orders[0], Variant.REPLACED, figures, changes=changes)


def _before(
    ended: Sequence[Order], running: Sequence[Administration], staying: Sequence[Administration], context: CheckContext
) -> float | None:
    """Mg of dexamethasone in 24 h, given or ordered, whichever is more: on the first day little has been given yet."""
    given = amount_of_doses(running, _equivalents(context))
    ordered = _together(ended, staying, context) if ended else None
    return max((amount for amount in (given, ordered) if amount is not None), default=None)


def _together(drafts: Sequence[Order], staying: Sequence[Administration], context: CheckContext) -> float | None:
    """Mg of dexamethasone in 24 h from the drafts and the doses that continue."""
    drafted = amount_of_orders(drafts, context.weight, _equivalents(context))
    kept = amount_of_doses(staying, _equivalents(context))
    return None if drafted is None or kept is None else drafted + kept


def _undo(order: Order) -> Change:
    """Continue an ended order; delete a draft that would replace one."""
    if order.status == DRAFT:
        return Change(DELETE, order)
    return Change(UPDATE, order, status=ACTIVE)


def steroid_drafts(context: CheckContext) -> tuple[Order, ...]:
    """The drafts of systemic corticosteroids."""
    names = context.drugs.corticosteroids
    return tuple(order for order in context.occasion.drafts if order.drug in names and order.systemic)
