"""The three indicators of CDS Hooks, in order."""

from __future__ import annotations

from enum import Enum, auto
from functools import total_ordering


@total_ordering
class Indicator(Enum):
    """How urgent a card is; the value is the code on the wire."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return name.lower()

    INFO = auto()
    WARNING = auto()
    CRITICAL = auto()

    @property
    def is_highest(self) -> bool:
        """Whether nothing is more urgent; such a card is never made quieter."""
        return self is max(Indicator)

    def __lt__(self, other: Indicator) -> bool:
        order = list(Indicator)
        return order.index(self) < order.index(other)
