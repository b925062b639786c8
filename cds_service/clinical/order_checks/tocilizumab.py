"""Tocilizumab orders: without CRS, alone against ICANS, or beyond the published limits (rules C5, P1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.orders import Order
from cds_service.clinical.order_checks.alert import (
    DELETE,
    UPDATE,
    Alert,
    Change,
    CheckContext,
    Figure,
    Variant,
    one_of_a_draft,
)
from cds_service.clinical.tables.advice import TOCILIZUMAB, Management
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import Action, AlertCode
from cds_service.clinical.treatment.tocilizumab import DAY, given_times


class Limits(NamedTuple):
    """How often and how much tocilizumab a guideline allows."""

    in_24_hours: int
    in_all: int
    milligrams: float
    source: str


def tocilizumab_alerts(context: CheckContext) -> Iterator[Alert]:
    """For each draft: whether it is indicated at all, and whether it stays within the limits."""
    evaluation, limits = context.evaluation, limits_of(context.protocol.tables)
    before = given_times(context.chart, evaluation.icans.time)
    for_crs = is_for_crs(context)
    for order in context.occasion.drafts:
        if order.drug != TOCILIZUMAB:
            continue
        yield from one_of_a_draft((*_without_crs(context, order), *_alone(context, order)))
        if for_crs and limits is not None:
            yield from _over_limit(order, before, limits, context)
        before += _times(order, evaluation.icans.time)


def _without_crs(context: CheckContext, order: Order) -> Iterator[Alert]:
    crs, icans = context.evaluation.crs, context.evaluation.icans
    no_crs = crs.certainty is Certainty.EXACT and crs.grade == 0
    if context.concerned and icans.known_grade and no_crs:
        yield Alert(AlertCode.TOCILIZUMAB_WITHOUT_CRS, order, changes=_left_out(order))


def _alone(context: CheckContext, order: Order) -> Iterator[Alert]:
    """No corticosteroid is drafted, ordered, running or given: tocilizumab treats CRS, not ICANS."""
    if not _is_alone(context) or _may_be_given(context):
        return
    advice = tuple(entry for entry in context.evaluation.advice if entry.row.action is Action.CORTICOSTEROID)
    yield Alert(AlertCode.TOCILIZUMAB_ALONE_WITH_ICANS, order, advice=advice)


def may_be_alone(context: CheckContext) -> bool:
    """Whether it is unknown if it is alone, because a corticosteroid may be among the unreadable records (rule T8)."""
    return _is_alone(context) and _may_be_given(context)


def _is_alone(context: CheckContext) -> bool:
    """Whether it is alone as far as is known."""
    grade = context.evaluation.icans.known_grade or 0
    return context.concerned and grade >= context.rules.steroid_from_grade and not _has_corticosteroid(context)


def _may_be_given(context: CheckContext) -> bool:
    evaluation = context.evaluation
    return evaluation.treatment.steroids.unread or not evaluation.received.drugs_checked


def _has_corticosteroid(context: CheckContext) -> bool:
    """Counts a corticosteroid whose draft could not be read."""
    unread = (one.order for one in context.occasion.unread)
    orders = (*context.occasion.drafts, *context.facts.orders, *unread)
    ordered = any(one.drug in context.drugs.corticosteroids and one.systemic for one in orders)
    return ordered or bool(context.evaluation.treatment.steroids.recent)


def unjudged_tocilizumab(context: CheckContext) -> tuple[Order, ...]:
    """Drafts for which it is unknown whether a dose stays within the published maximum."""
    limits = limits_of(context.protocol.tables)
    if limits is None or not is_for_crs(context):
        return ()
    drafts = (order for order in context.occasion.drafts if order.drug == TOCILIZUMAB)
    return tuple(order for order in drafts if _may_exceed(order, limits.milligrams, context.weight))


def _may_exceed(order: Order, limit: float, weight: float | None) -> bool:
    """Whether a dose may exceed the limit: its amount is unknown and the order does not cap it."""
    capped = bool(order.doses) and all(dose.maximum is not None and dose.maximum <= limit for dose in order.doses)
    return order.milligrams(weight) is None and not capped


def is_for_crs(context: CheckContext) -> bool:
    """Whether it may be meant for CRS after a therapy rather than, say, for arthritis."""
    evaluation = context.evaluation
    return context.concerned or (evaluation.last_dose is not None and evaluation.crs.range.lo > 0)


def limits_of(tables: Iterable[Management]) -> Limits | None:
    """The limits of the first table that states all of them."""
    for table in tables:
        for row in table.row:
            maximum = next((regimen.maximum_mg for regimen in row.regimens if regimen.maximum_mg), None)
            if row.action is Action.TOCILIZUMAB and row.max_in_24_hours and row.max_total and maximum:
                return Limits(row.max_in_24_hours, row.max_total, maximum, table.edition.label)
    return None


def _over_limit(order: Order, before: Sequence[datetime], limits: Limits, context: CheckContext) -> Iterator[Alert]:
    """Over the limit by total number, by number in 24 h, or by dose; only the first that applies."""
    coming = _times(order, context.evaluation.icans.time)
    in_all = len(before) + max([1, *(dose.number or 1 for dose in order.doses)])
    in_24_hours = _most_in_24_hours([*before, *coming], coming)
    milligrams = order.milligrams(context.weight)
    variant, limit, changes = None, 0.0, _left_out(order)
    if in_all > limits.in_all:
        variant, limit = Variant.IN_ALL, limits.in_all
    elif in_24_hours > limits.in_24_hours:
        variant, limit = Variant.IN_24_H, limits.in_24_hours
    elif milligrams is not None and milligrams > limits.milligrams:
        variant, limit, changes = Variant.DOSE, limits.milligrams, _lowered(order, limits)
    if variant:
        planned = {Variant.IN_ALL: in_all, Variant.IN_24_H: in_24_hours, Variant.DOSE: milligrams or 0}[variant]
        figures: dict[str, Figure] = {"planned": planned, "limit": limit, "source": limits.source}
        yield Alert(AlertCode.TOCILIZUMAB_OVER_LIMIT, order, variant, figures, changes=changes)


def _times(order: Order, start: datetime) -> list[datetime]:
    """When the doses of the first 24 h would be given, the first of them now."""
    first = max(order.doses, key=lambda dose: dose.times or 1, default=None)
    a_day = max(1, (first.a_day if first else None) or 1)
    number = max(1, int((first.times if first else None) or 1))
    return [start + DAY * index / a_day for index in range(number)]


def _most_in_24_hours(times: Iterable[datetime], moments: Iterable[datetime]) -> int:
    """The largest number of doses in any 24 h that end at one of these moments."""
    ordered = sorted(times)
    return max(bisect_right(ordered, moment) - bisect_right(ordered, moment - DAY) for moment in moments)


def _left_out(order: Order) -> tuple[Change, ...]:
    return (Change(DELETE, order),) if order.reference else ()


def _lowered(order: Order, limits: Limits) -> tuple[Change, ...]:
    change = Change(UPDATE, order, milligrams=limits.milligrams, source=limits.source)
    return (change,) if order.reference else ()
