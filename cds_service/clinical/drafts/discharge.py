"""What a patient who goes home must know, by product and region: checks, staying near, driving, days left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.labels import Monitoring


class Period(NamedTuple):
    """Something that holds up to a day of the ward's calendar, that day included; `days_left` 0: the last or past."""

    until: date
    days_left: int


class Discharge(NamedTuple):
    """What the label of this patient's product says of the time after leaving; None: the label does not say.

    `label` is empty, and so is all that comes from it, where the product has no label in the region. `monitoring` has
    the words: how the checks are (`check`), what follows (`then`), when not to drive (`driving`). `delayed_signs`:
    neurotoxicity that comes months later is watched for after this product (rule N).
    """

    region: str
    product: Product | None
    therapy_class: str
    label: str
    dose: date
    monitoring: Monitoring
    checks: Period | None
    checks_after: Period | None
    near: Period | None
    no_driving: Period | None
    on_corticosteroid: bool
    delayed_signs: bool

    @property
    def daily_days_left(self) -> int:
        """For how many more days the patient must be seen every day; 0 where the label does not ask for that."""
        return self.checks.days_left if self.checks and self.monitoring.daily_days else 0


def discharge_of(evaluation: Evaluation, labels: Management, as_of: datetime) -> Discharge | None:
    """What to tell a patient who leaves at `as_of`; None where no therapy is known.

    `labels` are those of the region: `protocol.labels` for the one of the settings, else `load_labels("eu")`. Words for
    patients come from `leaflet_of` (rendering/order_cards/leaflet.py).
    """
    therapy = evaluation.therapy
    if therapy is None:
        return None
    zone, last = evaluation.zone, therapy.last
    label = labels.label.get(last.product or "")
    monitoring = label.monitoring if label else Monitoring()
    start = local_date(therapy.start if monitoring.from_first_dose else last.time, zone)
    today = local_date(as_of, zone)

    def period(days: int | None, after: int = 0) -> Period | None:
        if days is None:
            return None
        until = start + timedelta(days=after + days)
        return Period(until, max(0, (until - today).days))

    return Discharge(
        region=labels.region,
        product=therapy.product,
        therapy_class=last.therapy_class,
        label=f"{label.brand} {labels.edition.label}" if label else "",
        dose=local_date(last.time, zone),
        monitoring=monitoring,
        checks=period(monitoring.check_days),
        checks_after=period(monitoring.then_days, monitoring.check_days or 0),
        near=period(monitoring.near_days),
        no_driving=period(monitoring.no_driving_days),
        on_corticosteroid=evaluation.treatment.on_corticosteroid,
        delayed_signs=therapy.product is not None and therapy.product.delayed_signs,
    )
