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
    therapy_orders,
    tocilizumab,
)
from cds_service.clinical.order_checks.notice import Matter, Notice

Look = Callable[[Matter], Iterator[Notice]]
AT_ORDERS: tuple[Look, ...] = (
    corticosteroid.steroid_notices,
    tocilizumab.tocilizumab_notices,
    depressants.depressant_notices,
    next_dose.engager_notices,
    next_dose.split_dose_notices,
    fludarabine.fludarabine_notices,
    therapy_orders.baseline_at_order,
)
AT_DISCHARGE: tuple[Look, ...] = (
    discharge.unresolved_notices,
    discharge.taper_notices,
    discharge.monitoring_notices,
    discharge.instruction_notices,
)
LOOKS: Mapping[str, tuple[Look, ...]] = {
    ORDER_SELECT: AT_ORDERS,
    ORDER_SIGN: AT_ORDERS,
    ENCOUNTER_START: (therapy_orders.baseline_at_start, baseline.plan_notices),
    ENCOUNTER_DISCHARGE: AT_DISCHARGE,
}


def noticed(matter: Matter) -> tuple[Notice, ...]:
    """The findings at this hook; nothing about somebody who has died or is not identified."""
    facts = matter.evaluation.chart.facts
    if facts.deceased or "patient" in facts.failed:
        return ()
    return tuple(notice for look in LOOKS.get(matter.occasion.hook, ()) for notice in look(matter))
