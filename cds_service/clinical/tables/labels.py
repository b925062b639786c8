"""What a product's label says besides its advice by grade: its scale, and how long patients are watched.

A region's labels are one table (guidelines/labels/) in the shape of a guideline; its `label`
section holds these by product: `protocol.labels.label.get(product)`, or `evaluation.label` for the patient's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.clinical.tables.provenance import Provenance, Sourced

ASTCT = "ASTCT"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """How long patients are watched after a dose, as a label says; what it does not say is None.

    Days count from the last dose, with `from_first_dose` from the first of the course. `check` says how often in the
    first `check_days`: daily, two-or-three-times, or first-week where the label does not say; `then` what follows.
    `driving`: when not to drive other than for a number of days; `driving_hours` belongs to it. `observed`: the doses
    after which the patient is observed for `observed_hours`, then stays near the centre with a caregiver for
    `caregiver_hours`. `provenance` is None where there is no label.
    """

    check: str = ""
    check_days: int | None = None
    then: str = ""
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
        """For how many days the patient is seen every day; None where the label does not ask for that."""
        return self.check_days if self.check == "daily" else None


@dataclass(frozen=True, slots=True)
class ProductLabel(Sourced):
    """A product's label in one region. `scale`: of its table by grade; `doses`: whether that names doses."""

    brand: str
    scale: str
    doses: bool = True
    monitoring: Monitoring = Monitoring()
