"""Rows of advice with their conditions and regimens, as in the tables of a guideline, a label or a site."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.provenance import Edition, Sourced
from cds_service.clinical.tables.vocabulary import Action, RowCondition, Strength

HOURS_A_DAY = 24
UP_TO, AT_LEAST = "up-to", "at-least"  # kinds of bound on an amount


@dataclass(frozen=True, slots=True)
class Regimen:
    """A drug and how it is given; None for what a source leaves open. Lists are one value or from-to.

    `bound` is "up-to" or "at-least" if the amount is a limit. `repeat_*`: when a single dose is repeated, and whether
    always, if needed or if worse. `then_*`: what follows the first dose.
    """

    drug: Drug
    mg: tuple[float, ...] = ()
    mg_per_kg: tuple[float, ...] = ()
    mg_per_m2: float | None = None
    mcg_per_day: float | None = None
    bound: str = ""
    maximum_mg: float | None = None
    route: str = ""
    every_hours: tuple[float, ...] = ()
    per_day: tuple[int, ...] = ()
    over_hours: float | None = None
    doses: int | None = None
    days: tuple[int, ...] = ()
    or_longer: bool = False
    repeat_every_hours: tuple[float, ...] = ()
    repeat_if: str = "needed"
    repeat_after_days: int | None = None
    then_mg_per_kg_per_day: float | None = None
    then_doses_per_day: int | None = None
    then_mcg_per_day: float | None = None
    then_after_days: int | None = None
    then: str = ""
    plus: Drug | None = None
    plus_mg: float | None = None
    weight_below_kg: float | None = None
    weight_from_kg: float | None = None

    @property
    def has_dose(self) -> bool:
        """Whether the source gives an amount."""
        return bool(self.mg or self.mg_per_kg or self.mg_per_m2 or self.mcg_per_day)

    def lacks_weight(self, weight_kg: float | None) -> bool:
        """Whether the source gives an amount by weight only, and the weight is not known."""
        return weight_kg is None and bool(self.mg_per_kg) and not self.mg

    def fits(self, weight_kg: float | None) -> bool:
        """Whether the regimen is for a patient of this weight; without a weight, only if the regimen has no limit."""
        if self.weight_below_kg is None and self.weight_from_kg is None:
            return True
        if weight_kg is None:
            return False
        below = self.weight_below_kg is None or weight_kg < self.weight_below_kg
        return below and (self.weight_from_kg is None or weight_kg >= self.weight_from_kg)

    def without_dose(self) -> Regimen:
        """The drug alone, for use where a dose may not be shown."""
        return Regimen(self.drug)

    def one_dose(self, weight_kg: float | None) -> Regimen:
        """One amount at one interval (rule P2): of spans the lowest at the longest, by weight in whole mg."""
        per_kg = self.mg_per_kg[:1]
        by_weight = tuple(round(min(one * weight_kg, self.maximum_mg or inf)) for one in per_kg) if weight_kg else ()
        return replace(
            self,
            mg=self.mg[:1] or by_weight,
            mg_per_kg=per_kg,
            bound=UP_TO if self.bound == UP_TO else "",
            every_hours=self.every_hours[-1:],
            per_day=self.per_day[:1],
            repeat_every_hours=self.repeat_every_hours[-1:],
        )

    @property
    def is_span(self) -> bool:
        """Whether the source leaves a choice of amounts or intervals."""
        return self.bound == AT_LEAST or any(
            len(one) > 1 for one in (self.mg, self.mg_per_kg, self.every_hours, self.per_day)
        )

    def lowest_mg_in_24_hours(self, weight_kg: float | None) -> float | None:
        """The lowest total of the regimen in 24 h; None if the amount, or a weight that it needs, is unknown.

        A single dose counts once; of a range, the smaller amount or the longer interval counts.
        """
        amount = min(self._amounts(weight_kg), default=None)
        if amount is None:
            return None
        if self.every_hours:
            return amount * HOURS_A_DAY / max(self.every_hours)
        return amount * (min(self.per_day) if self.per_day else (self.doses or 1))

    def highest_mg_in_24_hours(self, weight_kg: float | None) -> float | None:
        """The highest total in 24 h, including what follows the first dose; None if that is unknown or unlimited."""
        amount = max(self._amounts(weight_kg), default=None)
        if amount is None or self.bound == AT_LEAST:
            return None
        if self.then_mg_per_kg_per_day is not None:
            return None if weight_kg is None else amount + self.then_mg_per_kg_per_day * weight_kg
        if self.every_hours:
            return amount * HOURS_A_DAY / min(self.every_hours)
        return amount * (max(self.per_day) if self.per_day else (self.doses or 1))

    def _amounts(self, weight_kg: float | None) -> tuple[float, ...]:
        """Mg of one dose, one amount or from-to."""
        if self.mg or weight_kg is None:
            return self.mg
        return tuple(amount * weight_kg for amount in self.mg_per_kg)


ADULT, CHILD = "adult", "child"
TOCILIZUMAB = Drug(Concept("tocilizumab"))
WITHOUT_CRS = "without"  # values of Row.crs


@dataclass(frozen=True, slots=True)
class Row(Sourced):
    """One action of an edition, and the patients for whom it is meant.

    `crs_from`..`crs_to`: the CRS grades that "with" refers to; the whole range must lie within them.
    `hours_since_dose_below`, `hours_since_dose_from`: the row applies only before, or only from, this time after the
    last dose. `note`: a site's own words.
    """

    action: Action
    icans: tuple[int, ...]
    crs: str = "any"
    crs_from: int = 1
    crs_to: int = 4
    products: tuple[ProductKey, ...] = ()
    patients: str = ADULT
    only: str = ""
    hours_since_dose_below: float | None = None
    hours_since_dose_from: float | None = None
    strength: Strength = Strength.ADVISED
    condition: RowCondition | None = None
    regimens: tuple[Regimen, ...] = ()
    next_dose: NextDose | None = None
    note: str = ""
    times_per_day_at_least: int | None = None
    max_in_24_hours: int | None = None
    max_total: int | None = None

    @property
    def about(self) -> str:
        """Action and patients: "corticosteroid, ICANS 2 3, axicabtagene-ciloleucel"."""
        return ", ".join((self.action, f"ICANS {' '.join(map(str, self.icans))}", *self.products))

    @property
    def gives_tocilizumab(self) -> bool:
        """Whether the action gives tocilizumab, which is for CRS and never for ICANS alone (rule C5)."""
        return self.action is Action.TOCILIZUMAB or any(regimen.drug == TOCILIZUMAB for regimen in self.regimens)


@dataclass(frozen=True, slots=True)
class Management:
    """One edition of one body's advice (guidelines/advice/), or the labels of a region.

    `label`: in a table of labels, that of each product. `own`: this is the site's protocol, which comes first.
    """

    edition: Edition
    row: tuple[Row, ...]
    scale: str = ""
    region: str = ""
    label: dict[ProductKey, ProductLabel] = field(default_factory=dict)
    untranscribed: dict[ProductKey, str] = field(default_factory=dict)
    own: bool = False
