"""A grade is a range: the evidence bounds it from below and from above."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Certainty(StrEnum):
    """How certain a grade is; follows from the range and is never set by hand."""

    EXACT = "exact"
    AT_LEAST = "at-least"
    CANNOT_GRADE = "cannot-grade"
    NEEDS_ATTRIBUTION = "needs-attribution"


class Range(NamedTuple):
    """The lowest and the highest grade that the evidence allows."""

    lo: int
    hi: int

    def doubted(self, hi: int) -> Range:
        """The same floor, with the ceiling raised to at least `hi`."""
        return Range(self.lo, max(self.hi, hi))

    def explained(self) -> Range:
        """The range if another cause may account for all of it."""
        return Range(0, self.hi)

    @property
    def certainty(self) -> Certainty:
        """Exact, a floor, or not a grade at all."""
        if self.lo == self.hi:
            return Certainty.EXACT
        return Certainty.AT_LEAST if self.lo else Certainty.CANNOT_GRADE


NONE = Range(0, 0)
UNGRADED = Range(0, 4)


def worst(ranges: Iterable[Range]) -> Range:
    """The grade of several findings together: highest floor, highest ceiling."""
    lo = hi = 0
    for low, high in ranges:
        lo = max(lo, low)
        hi = max(hi, high)
    return Range(lo, hi)
