"""What a call is about: opening a chart, drafting orders, an admission or a discharge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.orders import DRAFT, ENDED, Order
from cds_service.clinical.tables.names import Concept, Drug

STAY = Drug(Concept("stay"))


class OccasionKind(StrEnum):
    """When the service is asked, named after the CDS Hooks hooks; every other hook maps to one of these."""

    PATIENT_VIEW = "patient-view"
    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"
    ENCOUNTER_START = "encounter-start"
    ENCOUNTER_DISCHARGE = "encounter-discharge"

    @property
    def is_about_orders(self) -> bool:
        """Whether the call is about draft orders."""
        return self in (OccasionKind.ORDER_SELECT, OccasionKind.ORDER_SIGN)


class UnjudgedReason(StrEnum):
    """Why an order or a stay cannot be judged; the values are keys of the card texts (cards/<language>/unjudged.toml).

    The last four mean that data are missing.
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
        """Whether requested data did not arrive."""
        return self in (UnjudgedReason.THERAPY, UnjudgedReason.GIVEN, UnjudgedReason.KIDNEY, UnjudgedReason.ORDERED)


class Unjudged(NamedTuple):
    """An order of the call that cannot be judged, and why.

    The drug of `order` is UNKNOWN_DRUG if the drug cannot be identified, and STAY if this is about the stay itself
    rather than an order.
    """

    order: Order
    reason: UnjudgedReason


@dataclass(frozen=True, slots=True)
class Occasion:
    """The kind of call, the service called, and the patient's orders that it is about.

    `unread`: orders that could not be read. `gaps`: parts of the drafts that could not be used.
    """

    kind: OccasionKind
    service: str
    orders: tuple[Order, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Unjudged, ...] = ()

    @property
    def drafts(self) -> tuple[Order, ...]:
        """Orders about to be placed."""
        return tuple(order for order in self.orders if order.status == DRAFT)

    @property
    def ended(self) -> tuple[Order, ...]:
        """Existing orders that are about to end."""
        return tuple(order for order in self.orders if order.status in ENDED)
