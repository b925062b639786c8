"""All that there is to say at each hook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cds_service.clinical.findings import corticosteroid, depressants, discharge, therapy_orders, tocilizumab
from cds_service.clinical.findings.notice import Matter, Notice
from cds_service.clinical.occasion import ENCOUNTER_DISCHARGE, ENCOUNTER_START, ORDER_SELECT, ORDER_SIGN

Look = Callable[[Matter], Iterator[Notice]]
AT_ORDERS: tuple[Look, ...] = (
    corticosteroid.steroid_notices,
    tocilizumab.tocilizumab_notices,
    depressants.depressant_notices,
    therapy_orders.baseline_at_order,
)
LOOKS: Mapping[str, tuple[Look, ...]] = {
    ORDER_SELECT: AT_ORDERS,
    ORDER_SIGN: AT_ORDERS,
    ENCOUNTER_START: (therapy_orders.baseline_at_start,),
    ENCOUNTER_DISCHARGE: (discharge.unresolved_notices, discharge.taper_notices),
}


def noticed(matter: Matter) -> tuple[Notice, ...]:
    """The findings at this hook; nothing about somebody who has died or is not identified."""
    facts = matter.evaluation.chart.facts
    if facts.deceased or "patient" in facts.failed:
        return ()
    return tuple(notice for look in LOOKS.get(matter.occasion.hook, ()) for notice in look(matter))
