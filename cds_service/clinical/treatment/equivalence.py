"""Corticosteroids in one measure: mg of dexamethasone in 24 h (rule E5). No other module converts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.tables.regimen import Regimen

DEXAMETHASONE = "dexamethasone"
# Mg of each drug that are equivalent to one another.
Equivalents = Mapping[str, float]


def as_dexamethasone(milligrams: float | None, drug: str, equivalents: Equivalents) -> float | None:
    """About how many mg of dexamethasone an amount is; None where it is not known, or the drug has no equivalent."""
    if milligrams is None or drug not in equivalents:
        return None
    return milligrams * equivalents[DEXAMETHASONE] / equivalents[drug]


def amount_of_doses(doses: Iterable[Administration], equivalents: Equivalents) -> float | None:
    """What was given together; None where one amount is not on record, 0 where there are no doses."""
    return _together(as_dexamethasone(dose.milligrams, dose.drug, equivalents) for dose in doses)


def amount_of_orders(orders: Iterable[Order], weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The most that these orders give in 24 h together; None where one leaves it open."""
    return _together(as_dexamethasone(order.a_day(weight_kg), order.drug, equivalents) for order in orders)


def least_of_regimen(regimen: Regimen, weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The least that a regimen gives in 24 h; None where that is not known."""
    return as_dexamethasone(regimen.lowest_mg_in_24_hours(weight_kg), regimen.drug, equivalents)


def most_of_regimen(regimen: Regimen, weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The most that a regimen gives in 24 h; None where that is not known or open."""
    return as_dexamethasone(regimen.highest_mg_in_24_hours(weight_kg), regimen.drug, equivalents)


def _together(amounts: Iterable[float | None]) -> float | None:
    total = 0.0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
