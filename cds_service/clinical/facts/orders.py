"""Draft and active orders: which drug, and how much of it (contract: docs/assessment-codes.md, orders)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cds_service.clinical.tables.names import Drug

DRAFT, ACTIVE = "draft", "active"
ENDED = frozenset({"stopped", "cancelled", "completed"})
PER_KG, PER_M2 = "kg", "m2"


class OrderedDose(NamedTuple):
    """One dosage instruction, in mg, or in mg per kg or per m2 (`per`); of a range, the highest amount.

    `a_day`: how often in 24 h, 1 if no frequency is coded; None: not understood. `number`: the total number of doses.
    `maximum`: the limit in mg for one administration. `step`: instructions with the same step are given together.
    """

    amount: float | None
    per: str = ""
    a_day: float | None = 1
    number: int | None = None
    maximum: float | None = None
    step: int = 0

    def milligrams(self, weight: float | None, surface: float | None = None) -> float | None:
        """Mg per administration for a patient of this weight (kg) or body surface (m2); None if that is unknown."""
        amount = self.amount
        if amount is not None and self.per:
            size = surface if self.per == PER_M2 else weight
            amount = None if size is None else amount * size
        if amount is None or self.maximum is None:
            return amount
        return min(amount, self.maximum)

    @property
    def times(self) -> float | None:
        """The number of administrations in the first 24 h."""
        if self.a_day is None or self.number is None:
            return self.a_day
        return min(self.a_day, self.number)


class Order(NamedTuple):
    """One order for one drug, or for a cell therapy by its procedure.

    `reference`: the order's reference in the client's system; empty if it has no id. `replaces`: it replaces an earlier
    order.
    """

    reference: str
    drug: Drug
    status: str
    doses: tuple[OrderedDose, ...] = ()
    systemic: bool = True
    replaces: bool = False

    def milligrams(self, weight: float | None) -> float | None:
        """The highest amount in mg per administration; None if any instruction leaves it open."""
        return _most(dose.milligrams(weight) for dose in self.doses)

    def a_day(self, weight: float | None, surface: float | None = None) -> float | None:
        """The highest total in mg in 24 h, by the highest step of a taper; None if any instruction leaves it open."""
        steps: dict[int, float] = {}
        for dose in self.doses:
            milligrams, times = dose.milligrams(weight, surface), dose.times
            if milligrams is None or times is None:
                return None
            steps[dose.step] = steps.get(dose.step, 0) + milligrams * times
        return max(steps.values(), default=None)


def _most(amounts: Iterable[float | None]) -> float | None:
    known = list(amounts)
    return max((amount for amount in known if amount is not None), default=None) if None not in known else None
