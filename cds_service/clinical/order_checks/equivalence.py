"""Corticosteroids of orders and of what runs in one measure: mg of dexamethasone in 24 h (rule E5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.icans import Icans
from cds_service.clinical.treatment.steroids import (
    DEXAMETHASONE,
    dexamethasone_equivalent,
    is_recent,
    systemic_steroids,
)


def running_steroids(chart: Chart, now: Icans) -> tuple[Administration, ...]:
    """The systemic corticosteroids given in the last 24 h or in progress."""
    span = chart.rules.decisions.steroids.running
    return tuple(dose for dose in systemic_steroids(chart, now.time) if is_recent(dose, now.time, span))


def running_amount(doses: Iterable[Administration], chart: Chart) -> float | None:
    """How much was given of them; None where one amount is not on record, 0 where nothing runs."""
    given = tuple(doses)
    return dexamethasone_equivalent(given, equivalents_of(chart)) if given else 0.0


def drafted_amount(orders: Iterable[Order], chart: Chart, weight: float | None) -> float | None:
    """The most that these orders give; None where one leaves it open."""
    amounts = [_converted(order.a_day(weight), order.drug, chart) for order in orders]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _converted(milligrams: float | None, drug: str, chart: Chart) -> float | None:
    equivalents = equivalents_of(chart)
    return None if milligrams is None else milligrams * equivalents[DEXAMETHASONE] / equivalents[drug]


def equivalents_of(chart: Chart) -> Mapping[str, float]:
    """Mg of each drug that are equivalent to one another."""
    return chart.rules.decisions.steroids.dexamethasone_equivalent_mg
