"""What a call is about: a chart that is opened, orders in the making, the begin or the end of a stay."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.orders import DRAFT, ENDED, Order

STAY = "stay"


class OccasionKind(StrEnum):
    """On what occasion somebody asks, by the hooks of CDS Hooks; other hooks are an occasion of one of these kinds."""

    PATIENT_VIEW = "patient-view"
    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"
    ENCOUNTER_START = "encounter-start"
    ENCOUNTER_DISCHARGE = "encounter-discharge"

    @property
    def is_about_orders(self) -> bool:
        """Whether drafts of orders are at stake."""
        return self in (OccasionKind.ORDER_SELECT, OccasionKind.ORDER_SIGN)


class UnjudgedReason(StrEnum):
    """Why an order, or a stay, cannot be judged, in the words of the texts (cards/<language>/unchecked.toml).

    The last four: data that did not arrive.
    """

    DOSE = "dose"
    TIMING = "timing"
    SIZE = "size"
    DRUG = "drug"
    CODE = "code"
    STATUS = "status"
    MODIFIER = "modifier"
    SUBJECT = "subject"
    SELECTION = "selection"
    NOT_SELECTED = "not-selected"
    UNREADABLE = "unreadable"
    LABEL = "label"
    RUNNING = "running"
    THERAPY = "therapy"
    GIVEN = "given"
    KIDNEY = "kidney"
    ORDERED = "ordered"

    @property
    def is_missing_data(self) -> bool:
        """Whether something that was asked for did not arrive."""
        return self in (UnjudgedReason.THERAPY, UnjudgedReason.GIVEN, UnjudgedReason.KIDNEY, UnjudgedReason.ORDERED)


class Unjudged(NamedTuple):
    """An order of the call that cannot be judged, and why.

    The drug of `order` is UNKNOWN_DRUG where nobody can tell which it is, and STAY where it is about no order but the
    stay itself.
    """

    order: Order
    reason: UnjudgedReason


@dataclass(frozen=True, slots=True)
class Occasion:
    """Its kind, which of our services was asked, and the patient's orders that the call is about.

    `unread`: those that could not be read. `gaps`: what could not be used of the drafts.
    """

    kind: OccasionKind
    service: str
    orders: tuple[Order, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Unjudged, ...] = ()

    @property
    def drafts(self) -> tuple[Order, ...]:
        """What is about to be ordered."""
        return tuple(order for order in self.orders if order.status == DRAFT)

    @property
    def ended(self) -> tuple[Order, ...]:
        """Earlier orders that are about to end."""
        return tuple(order for order in self.orders if order.status in ENDED)
