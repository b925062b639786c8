"""All that there is to say at each hook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cds_service.clinical.facts.occasion import ENCOUNTER_DISCHARGE, ENCOUNTER_START, ORDER_SELECT, ORDER_SIGN
from cds_service.clinical.order_checks import (
    baseline,
    corticosteroid,
    depressants,
    discharge,
    fludarabine,
    next_dose,
    tocilizumab,
)
from cds_service.clinical.order_checks.alert import Alert, CheckContext

Check = Callable[[CheckContext], Iterator[Alert]]
AT_ORDERS: tuple[Check, ...] = (
    corticosteroid.steroid_alerts,
    tocilizumab.tocilizumab_alerts,
    depressants.depressant_alerts,
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
CHECKS: Mapping[str, tuple[Check, ...]] = {
    ORDER_SELECT: AT_ORDERS,
    ORDER_SIGN: AT_ORDERS,
    ENCOUNTER_START: (baseline.baseline_at_start, baseline.plan_alerts),
    ENCOUNTER_DISCHARGE: AT_DISCHARGE,
}


def alerts_of(context: CheckContext) -> tuple[Alert, ...]:
    """The findings at this hook; nothing about somebody who has died or is not identified."""
    facts = context.facts
    if facts.deceased or "patient" in facts.failed:
        return ()
    return tuple(alert for check in CHECKS.get(context.occasion.hook, ()) for alert in check(context))
