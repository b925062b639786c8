"""Units: the spellings that are understood, and what a value in them is in the unit that the rules use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cds_service.clinical.facts.gap import AsSent, GapKind, Part
from cds_service.clinical.facts.patient import Measured
from cds_service.fhir_mapping.r4.datatypes import Quantity
from cds_service.fhir_mapping.read.collector import Unreadable

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
        """What to subtract and then multiply by; None if the unit is not understood."""
        for known in dict.fromkeys((spelled(spelling), _bare(spelling))):
            if known in self.factors:
                return 0, self.factors[known]
            if known in self.shifted:
                return self.shifted[known]
        return None


def canonical(quantity: Quantity, table: UnitTable) -> float:
    """The value of a quantity in the table's unit.

    Raises Unreadable if there is no value, the unit is not understood or contradicts its text, or the value is
    implausible.
    """
    if quantity.value is None:
        raise Unreadable(GapKind.NOT_RECORDED)
    offset, factor = _conversion(quantity, table)
    value = round((quantity.value - offset) * factor, _DIGITS)
    low, high = table.plausible
    if not low <= value <= high:
        raise Unreadable(GapKind.IMPLAUSIBLE, measured=Measured(value, table.unit))
    return value


def _conversion(quantity: Quantity, table: UnitTable) -> tuple[float, float]:
    """By code and by text; if both are understood, they must agree."""
    code, text = quantity.code, quantity.unit
    by_code = table.conversion(code) if code else None
    by_text = by_code if text == code or not text else table.conversion(text)
    known = by_code or by_text
    if known is None or (by_text and by_text != known):
        raise Unreadable(GapKind.UNKNOWN_UNIT, AsSent(" / ".join(filter(None, (code, text)))) or Part.UNIT)
    return known


# A score counts points, whatever these are called.
SCORE_UNITS = frozenset({"", "1", "#", "point", "points", "pts", "score"})
_OUT_OF = re.compile(r"(?:/|out of) ?(\d+)")


def is_score_unit(quantity: Quantity, maximum: int) -> bool:
    """Whether a quantity is a plain number of points: no unit, `1`, `points`, an annotation, or `/10` of 10 points."""
    unit = _bare(quantity.code or quantity.unit or "")
    out_of = _OUT_OF.fullmatch(unit)
    return unit.casefold() in SCORE_UNITS or (out_of is not None and int(out_of[1]) == maximum)


def _bare(spelling: str) -> str:
    """A unit without its annotation."""
    return spelled(_ANNOTATION.sub("", spelling)) if "{" in spelling else spelled(spelling)


_ORDINALS = str.maketrans({"\u00ba": "\u00b0", "\u02da": "\u00b0"})
_RAISED_POWER = re.compile(r"(?<=10)[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_POWER = re.compile(r"^[xX\u00d7]? ?10 ?(?:\^|\*{1,2}|[eE](?=\d)) ?(\d+)")
# No unit is longer.
_LONGEST = 60


def spelled(unit: str) -> str:
    """A unit with look-alikes in one form: `u` for micro, `°` for ordinal signs, `10*9` for a power of ten."""
    return _spelled(unit) if len(unit) <= _LONGEST else unit


@lru_cache(maxsize=1024)
def _spelled(unit: str) -> str:
    text = _RAISED_POWER.sub(lambda raised: f"*{raised[0]}", unit.translate(_ORDINALS))
    text = unicodedata.normalize("NFKC", text).replace("\u03bc", "u")
    return _POWER.sub(r"10*\1", " ".join(text.split()))


Units = Mapping[str, UnitTable]
