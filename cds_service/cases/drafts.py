"""The orders of a case: what its call is about."""

from __future__ import annotations

from typing import Any

from cds_service.cases.case import Case, details_of
from cds_service.clinical.facts.occasion import Occasion, Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, PER_KG, PER_M2, Order, OrderedDose
from cds_service.errors import KnowledgeError

AMOUNTS = {"mg": "", "mg_per_kg": PER_KG, "mg_per_m2": PER_M2}


def occasion_of(case: Case) -> Occasion:
    """The hook and the orders of a case. Raises KnowledgeError for a reason that there is not."""
    orders = [(_order(row, number), details_of(row, 1).get("unread")) for number, row in enumerate(case.orders, 1)]
    return Occasion(
        case.hook,
        f"icans-{case.hook}",
        orders=tuple(order for order, reason in orders if not reason),
        unread=tuple(Unjudged(order, _reason(reason)) for order, reason in orders if reason),
    )


def _reason(text: str) -> UnjudgedReason:
    try:
        return UnjudgedReason(text)
    except ValueError as error:
        raise KnowledgeError(f"unread: {text!r} is none of {', '.join(UnjudgedReason)}") from error


def _order(row: tuple[Any, ...], number: int) -> Order:
    details = details_of(row, 1)
    return Order(
        reference=f"MedicationRequest/draft-{number}",
        drug=row[0],
        status=details.get("status", DRAFT),
        doses=_doses(details),
        systemic=not details.get("local"),
        replaces="replaces" in details,
    )


def _doses(details: dict[str, Any]) -> tuple[OrderedDose, ...]:
    """One instruction, or none where no amount is given; without `a_day` a single dose."""
    name = next((name for name in AMOUNTS if name in details), None)
    if name is None:
        return ()
    dose = OrderedDose(details[name], AMOUNTS[name], number=details.get("number"), maximum=details.get("maximum"))
    return (dose._replace(a_day=details["a_day"]) if "a_day" in details else dose,)
