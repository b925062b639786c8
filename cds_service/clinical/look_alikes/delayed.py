"""Neurotoxicity other than ICANS, days to years after CAR-T cells against BCMA (rule N)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import NEURO_SYMPTOM
from cds_service.clinical.course.measurements import number
from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.course.therapy_so_far import unread_therapies
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.names import ProductKey


class HighCount(NamedTuple):
    """The highest lymphocyte count since a dose, in 10*9/L, and the limit that it exceeds with its source."""

    record: Record
    above: float
    source: str


class DelayedSign(NamedTuple):
    """The newest record of a sign, with the product that preceded it and the day after that product.

    `lymphocytes`: a count that is shown beside it; None if there is none.
    """

    record: Record
    product: Product
    day: int
    lymphocytes: HighCount | None


class _Dose(NamedTuple):
    time: datetime
    product: ProductKey


def delayed_signs(chart: Chart, moment: datetime) -> tuple[DelayedSign, ...]:
    """The signs of the last 14 days that fall in the risk period after such a dose; never a part of the grade."""
    rules = chart.rules.look_alikes.delayed
    found: dict[str, DelayedSign] = {}
    for record in chart.facts.of(NEURO_SYMPTOM):
        recent = moment - rules.within <= record.time <= moment
        if not recent or record.value not in rules.signs:
            continue
        dose = max((one for one in _doses(chart) if one.time <= record.time), default=None)
        if dose is None:
            continue
        day = (local_date(record.time, chart.facts.zone) - local_date(dose.time, chart.facts.zone)).days
        if rules.from_day <= day <= rules.until_day:
            product = chart.rules.drugs.products[dose.product]
            found[str(record.value)] = DelayedSign(record, product, day, _count(chart, dose, moment))
    return tuple(found.values())


def _count(chart: Chart, dose: _Dose, moment: datetime) -> HighCount | None:
    """A count that certainly exceeds the limit; the newest of equal ones."""
    rules = chart.rules.look_alikes.delayed_count
    known = [one for one in chart.facts.of(rules.concept) if dose.time <= one.time <= moment]
    above = [one for one in known if one.more_than(rules.above)]
    if dose.product not in rules.products or not above:
        return None
    highest = max(above, key=lambda one: (number(one), one.time))
    return HighCount(highest, rules.above, rules.provenance.source)


def _doses(chart: Chart) -> Iterator[_Dose]:
    """The doses of any course, including dates from records that cannot be read."""
    products = {name for name, product in chart.rules.drugs.products.items() if product.delayed_signs}
    yield from (_Dose(dose.time, dose.product) for dose in chart.doses if dose.product and dose.product in products)
    yield from (
        _Dose(record.latest, record.product)
        for record in unread_therapies(chart)
        if record.latest is not None and record.product and record.product in products
    )
