"""Orders and stays of sandbox patients: what an EHR asks beside the chart."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.facts.occasion import ENCOUNTER_DISCHARGE, ENCOUNTER_START, ORDER_SELECT, ORDER_SIGN
from cds_service.clinical.facts.orders import Order, OrderedDose


class Asked(NamedTuple):
    """A call about a story's patient; `orders` are its drafts."""

    slug: str
    hook: str
    orders: tuple[Order, ...] = ()


def order(drug: str, mg: float | None = None, *, a_day: float = 1, status: str = "draft", number: int = 1) -> Order:
    """One draft order."""
    doses = () if mg is None else (OrderedDose(mg, a_day=a_day),)
    return Order(f"MedicationRequest/draft-{number}", drug, status, doses)


ASKED = (
    Asked("no-card", ORDER_SIGN, (order("dexamethasone", 8),)),
    Asked("quiet-day-3", ORDER_SIGN, (order("dexamethasone", 8),)),
    Asked("grade-3-seizure", ORDER_SIGN, (order("dexamethasone", 4),)),
    Asked("grade-3-ice", ORDER_SIGN, (order("dexamethasone"),)),
    Asked("steroid-no-improvement", ORDER_SELECT, (order("dexamethasone", 10, a_day=4, status="stopped"),)),
    Asked("crs-3-vasopressor", ORDER_SIGN, (order("tocilizumab", 900),)),
    Asked("tremor-only", ORDER_SIGN, (order("tocilizumab", 560), order("fentanyl", 0.05, number=2))),
    Asked("grade-2-voice", ORDER_SIGN, (order("lorazepam", 1), order("tocilizumab", 560, number=2))),
    Asked("teclistamab-grade-1", ORDER_SIGN, (order("teclistamab", 1.5),)),
    Asked("no-therapy-in-record", ORDER_SIGN, (order("axicabtagene-ciloleucel"),)),
    Asked("quiet-day-3", ENCOUNTER_START),
    Asked("no-card", ENCOUNTER_START),
    Asked("no-card", ENCOUNTER_DISCHARGE),
    Asked("quiet-day-3", ENCOUNTER_DISCHARGE),
    Asked("improving-on-steroid", ENCOUNTER_DISCHARGE),
    Asked("stale-ice", ENCOUNTER_DISCHARGE),
)
