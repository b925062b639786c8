"""From a quantity as recorded to the unit of the rules; refused where that is not certain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.clinical.facts.gap import AsSent, GapKind, Part
from cds_service.fhir_mapping.r4.datatypes import Quantity
from cds_service.fhir_mapping.read.unreadable import Unreadable

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

    def conversion(self, spelling: str) -> tuple[float, float] | None:
        """What to subtract and then to multiply by; None where the spelling is not understood."""
        if spelling in self.factors:
            return 0, self.factors[spelling]
        if spelling in self.shifted:
            return self.shifted[spelling]
        bare = _bare(spelling)
        return None if bare == spelling else self.conversion(bare)


def canonical(quantity: Quantity, table: UnitTable) -> float:
    """The value of a quantity in the table's unit.

    Raises Unreadable: no value, a unit that is not understood or contradicts its text, or not plausible.
    """
    if quantity.value is None:
        raise Unreadable(GapKind.NOT_RECORDED)
    offset, factor = _conversion(quantity, table)
    value = round((quantity.value - offset) * factor, _DIGITS)
    low, high = table.plausible
    if not low <= value <= high:
        raise Unreadable(GapKind.IMPLAUSIBLE)
    return value


def _conversion(quantity: Quantity, table: UnitTable) -> tuple[float, float]:
    """By the code and by the text; where both are understood they must agree."""
    code, text = quantity.code, quantity.unit
    by_code = table.conversion(code) if code else None
    by_text = by_code if text == code or not text else table.conversion(text)
    known = by_code or by_text
    if known is None or (by_text and by_text != known):
        raise Unreadable(GapKind.UNKNOWN_UNIT, AsSent(" / ".join(filter(None, (code, text)))) or Part.UNIT)
    return known


def is_score_unit(quantity: Quantity) -> bool:
    """Whether a quantity is a plain number: no unit, `1`, or only an annotation such as {score}."""
    return _bare(quantity.code or quantity.unit or "") in ("", "1")


def _bare(spelling: str) -> str:
    return _ANNOTATION.sub("", spelling).strip() if "{" in spelling else spelling.strip()


Units = Mapping[str, UnitTable]
