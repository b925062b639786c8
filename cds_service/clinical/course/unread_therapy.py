"""Therapies that are recorded and not readable, and that no readable dose explains (rule T8)."""

from __future__ import annotations

from datetime import datetime

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import CELLS
from cds_service.clinical.facts.gap import UnreadProduct
from cds_service.clinical.facts.unread import UnreadTherapy


def unread_therapies(chart: Chart) -> tuple[UnreadTherapy, ...]:
    """Those that still stand; while one does, it is not known which therapy the patient had last."""
    return tuple(record for record in chart.facts.unread_therapies if not _is_explained(chart, record))


def unread_products(chart: Chart) -> tuple[UnreadProduct, ...]:
    """What those that still stand are called, each once."""
    return tuple(dict.fromkeys(_named(chart, record) for record in unread_therapies(chart)))


def _named(chart: Chart, record: UnreadTherapy) -> UnreadProduct:
    product = chart.rules.drugs.products.get(record.product or "")
    return UnreadProduct(record.therapy_class, record.product or "", product.short if product else "")


def _is_explained(chart: Chart, record: UnreadTherapy) -> bool:
    """By a readable dose of the same product; a stated date of infusion is one of every CAR-T and TCR-T product."""
    times = [dose.time for dose in chart.doses if _same(record, dose.therapy_class, dose.product)]
    if record.therapy_class in CELLS:
        times += [stated.time for stated in chart.facts.infusion_dates]
    return any(_is_of(chart, record, time) for time in times)


def _same(record: UnreadTherapy, therapy_class: str, product: str | None) -> bool:
    if record.product and product:
        return record.product == product
    return record.therapy_class == therapy_class


def _is_of(chart: Chart, record: UnreadTherapy, dose: datetime) -> bool:
    """Undated: any dose; by month or year: one within it; dated: one within 24 h of it, or later."""
    if record.earliest is None or record.latest is None:
        return True
    if record.earliest < record.latest:
        return record.earliest <= dose <= record.latest
    return dose >= record.latest - chart.rules.decisions.therapy.same_dose
