"""From a quantity as recorded to the unit of the rules; refused where that is not certain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.fhir_mapping.r4 import Quantity
from cds_service.fhir_mapping.unreadable import Unreadable

_ANNOTATION = re.compile(r"\{[^{}]*\}")
# Conversion in binary floating point: 100.4 degF must be 38.0 Cel, not a hair less.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class UnitTable:
    """One section of units.toml."""

    unit: str
    factors: dict[str, float]
    plausible: tuple[float, float]
    shifted: dict[str, tuple[float, float]] = field(default_factory=dict)

    def convert(self, value: float, spelling: str) -> float | None:
        """The value in the canonical unit; None where the spelling is not understood."""
        if spelling in self.factors:
            return round(value * self.factors[spelling], _DIGITS)
        if spelling in self.shifted:
            offset, factor = self.shifted[spelling]
            return round((value - offset) * factor, _DIGITS)
        return None


def canonical(quantity: Quantity, table: UnitTable) -> float:
    """The value of a quantity in the table's unit.

    Raises Unreadable: no value, a unit that is not understood or contradicts its text, or not plausible.
    """
    if quantity.value is None:
        raise Unreadable("not-recorded")
    spellings = [spelling for spelling in (quantity.code, quantity.unit) if spelling]
    converted = {table.convert(quantity.value, _bare(spelling)) for spelling in spellings} - {None}
    if len(converted) != 1:
        raise Unreadable("unknown-unit", " / ".join(spellings) or "no unit")
    value = converted.pop()
    low, high = table.plausible
    if value is None or not low <= value <= high:
        raise Unreadable("implausible")
    return value


def is_score_unit(quantity: Quantity) -> bool:
    """Whether a quantity is a plain number: no unit, `1`, or only an annotation such as {score}."""
    spelling = quantity.code or quantity.unit or ""
    return _bare(spelling) in ("", "1")


def _bare(spelling: str) -> str:
    return _ANNOTATION.sub("", spelling).strip() if "{" in spelling else spelling.strip()


Units = Mapping[str, UnitTable]
