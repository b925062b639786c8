"""What a patient who goes home must know, by product and region: checks, staying near, driving, days left."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

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
