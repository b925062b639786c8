"""Orders and stays of sandbox patients: the calls that an EHR makes besides the one for the chart."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.facts.orders import Order, OrderedDose


class Asked(NamedTuple):
    """A call about a sandbox patient; `orders` are its drafts."""

    slug: str
    hook: OccasionKind
    orders: tuple[Order, ...] = ()


def order(drug: str, mg: float | None = None, *, a_day: float = 1, status: str = "draft", number: int = 1) -> Order:
    """One draft order."""
    doses = () if mg is None else (OrderedDose(mg, a_day=a_day),)
    return Order(f"MedicationRequest/draft-{number}", drug, status, doses)


ASKED = (
    Asked("no-card", OccasionKind.ORDER_SIGN, (order("dexamethasone", 8),)),
    Asked("quiet-day-3", OccasionKind.ORDER_SIGN, (order("dexamethasone", 8),)),
    Asked("grade-3-seizure", OccasionKind.ORDER_SIGN, (order("dexamethasone", 4),)),
    Asked("grade-3-ice", OccasionKind.ORDER_SIGN, (order("dexamethasone"),)),
    Asked(
        "steroid-no-improvement", OccasionKind.ORDER_SELECT, (order("dexamethasone", 10, a_day=4, status="stopped"),)
    ),
    Asked("crs-3-vasopressor", OccasionKind.ORDER_SIGN, (order("tocilizumab", 900),)),
    Asked("tremor-only", OccasionKind.ORDER_SIGN, (order("tocilizumab", 560), order("fentanyl", 0.05, number=2))),
    Asked("grade-2-voice", OccasionKind.ORDER_SIGN, (order("lorazepam", 1), order("tocilizumab", 560, number=2))),
    Asked("teclistamab-grade-1", OccasionKind.ORDER_SIGN, (order("teclistamab", 1.5),)),
    Asked("no-therapy-in-record", OccasionKind.ORDER_SIGN, (order("axicabtagene-ciloleucel"),)),
    Asked("quiet-day-3", OccasionKind.ENCOUNTER_START),
    Asked("no-card", OccasionKind.ENCOUNTER_START),
    Asked("no-card", OccasionKind.ENCOUNTER_DISCHARGE),
    Asked("quiet-day-3", OccasionKind.ENCOUNTER_DISCHARGE),
    Asked("improving-on-steroid", OccasionKind.ENCOUNTER_DISCHARGE),
    Asked("stale-ice", OccasionKind.ENCOUNTER_DISCHARGE),
)
