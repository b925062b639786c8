"""A drug and how a source gives it; doses are fields, so that no translation can change them."""

from __future__ import annotations

from dataclasses import dataclass

HOURS_A_DAY = 24
UP_TO, AT_LEAST = "up-to", "at-least"  # bounds of an amount


@dataclass(frozen=True, slots=True)
class Regimen:
    """A drug and how it is given; what a source leaves open is None. Lists are one value or from-to.

    `bound` is "up-to" or "at-least" where the amount is a limit. `repeat_*`: when a single dose is given again,
    and whether always, if needed or if worse. `then_*`: what follows the first dose.
    """

    drug: str
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
    plus: str = ""
    plus_mg: float | None = None
    weight_below_kg: float | None = None
    weight_from_kg: float | None = None

    @property
    def has_dose(self) -> bool:
        """Whether the source says how much of it."""
        return bool(self.mg or self.mg_per_kg or self.mg_per_m2 or self.mcg_per_day)

    def fits(self, weight_kg: float | None) -> bool:
        """Whether the regimen is for a patient of this weight; without a weight, only if it asks for none."""
        if self.weight_below_kg is None and self.weight_from_kg is None:
            return True
        if weight_kg is None:
            return False
        below = self.weight_below_kg is None or weight_kg < self.weight_below_kg
        return below and (self.weight_from_kg is None or weight_kg >= self.weight_from_kg)

    def without_dose(self) -> Regimen:
        """Only the drug, for where a dose may not be shown."""
        return Regimen(self.drug)

    def lowest_mg_in_24_hours(self, weight_kg: float | None) -> float | None:
        """The least that the regimen gives in 24 h; None where the amount or the weight it needs is not known.

        A single dose counts once; of spans the smaller amount and the longer interval.
        """
        amount = min(self._amounts(weight_kg), default=None)
        if amount is None:
            return None
        if self.every_hours:
            return amount * HOURS_A_DAY / max(self.every_hours)
        return amount * (min(self.per_day) if self.per_day else (self.doses or 1))

    def highest_mg_in_24_hours(self, weight_kg: float | None) -> float | None:
        """The most that it gives in 24 h, with what follows the first dose; None where that is not known or open."""
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
