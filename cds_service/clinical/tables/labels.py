"""What a product's label says besides its advice by grade: the grading scale, and how long patients are monitored.

A region's labels form one table (guidelines/labels/) in the shape of a guideline. Its `label` section holds these types
by product: `protocol.labels.label.get(product)`, or `evaluation.label.row` for the patient's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cds_service.clinical.tables.provenance import Provenance, Sourced

ASTCT = "ASTCT"


class CheckFrequency(StrEnum):
    """How often a label wants a patient checked; FIRST_WEEK: in the first week, without saying how often."""

    DAILY = "daily"
    TWO_OR_THREE_TIMES = "two-or-three-times"
    FIRST_WEEK = "first-week"
    PERIODICALLY = "periodically"
    AS_JUDGED = "as-judged"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """How long patients are monitored after a dose, according to a label; None for what it does not say.

    Days count from the last dose or, with `from_first_dose`, from the first of the course. `check` says how often in
    the first `check_days`, and `then` how often after that. `driving`: when not to drive, if the label does not give a
    number of days; `driving_hours` belongs to it. `provenance` is None without a label.
    """

    check: CheckFrequency | None = None
    check_days: int | None = None
    then: CheckFrequency | None = None
    then_days: int | None = None
    near_days: int | None = None
    near_within_hours: float | None = None
    no_driving_days: int | None = None
    driving: str = ""
    driving_hours: float | None = None
    observed: str = ""
    observed_hours: tuple[float, ...] = ()
    caregiver_hours: float | None = None
    from_first_dose: bool = False
    provenance: Provenance | None = None

    @property
    def daily_days(self) -> int | None:
        """For how many days the patient is seen daily; None if the label does not require it."""
        return self.check_days if self.check is CheckFrequency.DAILY else None


@dataclass(frozen=True, slots=True)
class ProductLabel(Sourced):
    """A product's label in one region. `scale`: the grading scale of its table; `doses`: the table gives doses."""

    brand: str
    scale: str
    doses: bool = True
    monitoring: Monitoring = Monitoring()
