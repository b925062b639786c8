"""What a patient going home must know, from the therapy and the labels of a region."""

from __future__ import annotations

from datetime import datetime, timedelta

from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.drafts.discharge import Discharge, Period
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.labels import Monitoring


def discharge_of(evaluation: Evaluation, labels: Management, as_of: datetime) -> Discharge | None:
    """What a patient discharged at `as_of` must know; None if no therapy is known.

    `labels` are those of the region: `protocol.labels` for the configured one, else `load_labels("eu")`. The wording
    for patients comes from `leaflet_of` (rendering/order_cards/leaflet.py).
    """
    therapy = evaluation.therapy
    if therapy is None:
        return None
    zone, last = evaluation.zone, therapy.last
    label = labels.label.get(last.product) if last.product else None
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
