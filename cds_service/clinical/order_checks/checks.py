"""All order checks, by occasion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.order_checks import (
    baseline,
    corticosteroid,
    discharge,
    fludarabine,
    next_dose,
    sedatives,
    tocilizumab,
)
from cds_service.clinical.order_checks.alert import Alert, CheckContext

Check = Callable[[CheckContext], Iterator[Alert]]
AT_ORDERS: tuple[Check, ...] = (
    corticosteroid.steroid_alerts,
    tocilizumab.tocilizumab_alerts,
    sedatives.depressant_alerts,
    next_dose.engager_alerts,
    next_dose.split_dose_alerts,
    fludarabine.fludarabine_alerts,
    baseline.baseline_at_order,
)
AT_DISCHARGE: tuple[Check, ...] = (
    discharge.unresolved_alerts,
    discharge.taper_alerts,
    discharge.monitoring_alerts,
    discharge.instruction_alerts,
)
CHECKS: Mapping[OccasionKind, tuple[Check, ...]] = {
    OccasionKind.ORDER_SELECT: AT_ORDERS,
    OccasionKind.ORDER_SIGN: AT_ORDERS,
    OccasionKind.ENCOUNTER_START: (baseline.baseline_at_start, baseline.plan_alerts),
    OccasionKind.ENCOUNTER_DISCHARGE: AT_DISCHARGE,
}


def alerts_of(context: CheckContext) -> tuple[Alert, ...]:
    """The alerts on this occasion; none for a patient who has died or is not identified."""
    facts = context.facts
    if facts.deceased or Need.PATIENT in facts.failed:
        return ()
    return tuple(alert for check in CHECKS.get(context.occasion.kind, ()) for alert in check(context))
