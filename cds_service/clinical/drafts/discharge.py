"""What a patient going home must know, by product and region: checks, staying near, driving, days left."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.labels import Monitoring
from cds_service.clinical.tables.vocabulary import TherapyClass


class Period(NamedTuple):
    """Something that holds until the end of a day in the ward's calendar.

    `days_left` is 0 on the last day and after it.
    """

    until: date
    days_left: int


class Discharge(NamedTuple):
    """What the product's label says about the time after discharge; None: the label does not say.

    `label`, and everything taken from it, is empty if the product has no label in the region. `monitoring` has the
    wording: how often to check (`check`), what follows (`then`), when not to drive (`driving`). `delayed_signs`: watch
    for neurotoxicity that appears months after this product (rule N).
    """

    region: str
    product: Product | None
    therapy_class: TherapyClass
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
        """For how many more days the patient must be seen daily; 0 if the label does not require it."""
        return self.checks.days_left if self.checks and self.monitoring.daily_days else 0
