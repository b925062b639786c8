"""The therapy of the present course at a moment: product, days, doses."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import CELLS, Dose
from cds_service.clinical.facts.gap import UnreadProduct
from cds_service.clinical.facts.patient import UnreadTherapy
from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass


def unread_therapies(chart: Chart) -> tuple[UnreadTherapy, ...]:
    """The unreadable therapy records that no readable dose explains; any of them may be the newest therapy."""
    return tuple(record for record in chart.facts.unread_therapies if not _is_explained(chart, record))


def unread_products(chart: Chart) -> tuple[UnreadProduct, ...]:
    """The names of the products, or classes, of these records, each once."""
    return tuple(dict.fromkeys(_named(chart, record) for record in unread_therapies(chart)))


def _named(chart: Chart, record: UnreadTherapy) -> UnreadProduct:
    product = chart.rules.drugs.product(record.product)
    return UnreadProduct(record.therapy_class, record.product, product.short if product else "")


def _is_explained(chart: Chart, record: UnreadTherapy) -> bool:
    """Whether a readable dose of the same product explains a record; an infusion date fits any CAR-T or TCR-T cells."""
    times = [dose.time for dose in chart.doses if _same(record, dose.therapy_class, dose.product)]
    if record.therapy_class in CELLS:
        times += [stated.time for stated in chart.facts.infusion_dates]
    return any(_is_of(chart, record, time) for time in times)


def _same(record: UnreadTherapy, therapy_class: TherapyClass, product: ProductKey | None) -> bool:
    if record.product and product:
        return record.product == product
    return record.therapy_class == therapy_class


def _is_of(chart: Chart, record: UnreadTherapy, dose: datetime) -> bool:
    """Whether a record may be of this dose.

    An undated record: of any dose; a month or year: of a dose within it; a date: of a dose at most 24 h before it, or
    later.
    """
    if record.earliest is None or record.latest is None:
        return True
    if record.earliest < record.latest:
        return record.earliest <= dose <= record.latest
    return dose >= record.latest - chart.rules.decisions.therapy.same_dose


class TherapySoFar(NamedTuple):
    """`day` and `first_day`: calendar days since the newest and since the first dose.

    `product`: that of the newest dose; None if the record names none that the tables know. `is_late`: later than ICANS
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
    """None if no therapy is known. Days are counted at `as_of`; `moment` is the present of the records (rule T1)."""
    if chart.course is None:
        return None
    zone, doses = chart.facts.zone, chart.course.doses
    last = doses[-1]
    day = chart.course.last_dose(moment).day_at(moment, zone)
    return TherapySoFar(
        start=chart.course.start,
        doses=len(doses),
        last=last,
        product=chart.rules.drugs.product(last.product),
        day=last.day_at(as_of, zone),
        first_day=doses[0].day_at(as_of, zone),
        is_late=day >= chart.rules.decisions.late.outside_window_from_day and not unread_therapies(chart),
    )
