"""The therapy of the present course as it stands at a moment: product, days, doses."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import Dose
from cds_service.clinical.course.unread_therapy import unread_therapies
from cds_service.clinical.tables.guideline import Product


class TherapySoFar(NamedTuple):
    """`day` and `first_day`: calendar days since the newest and since the first dose.

    `product`: of the newest dose; None where the record names none that the tables know. `is_late`: later than ICANS
    is expected (rule A5).
    """

    start: datetime
    doses: int
    last: Dose
    product: Product | None
    day: int
    first_day: int
    is_late: bool


def therapy_so_far(chart: Chart, as_of: datetime, moment: datetime) -> TherapySoFar | None:
    """None where no therapy is known. Days are counted at `as_of`; `moment` is the present of the records (rule T1)."""
    if chart.course is None:
        return None
    zone, doses = chart.facts.zone, chart.course.doses
    last = doses[-1]
    day = chart.course.last_dose(moment).day_at(moment, zone)
    return TherapySoFar(
        start=chart.course.start,
        doses=len(doses),
        last=last,
        product=chart.rules.drugs.products.get(last.product or ""),
        day=last.day_at(as_of, zone),
        first_day=doses[0].day_at(as_of, zone),
        is_late=day >= chart.rules.decisions.late.outside_window_from_day and not unread_therapies(chart),
    )
