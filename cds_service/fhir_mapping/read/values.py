"""Reads value[x] as the rules need it: scores, coded answers, measurements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cds_service.clinical.facts.gap import AsSent, GapKind, Part
from cds_service.clinical.facts.patient import Reference
from cds_service.fhir_mapping.codes import ICANS, Code, normalised
from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Coding, Quantity, Range, Valued
from cds_service.fhir_mapping.read.collector import Unreadable
from cds_service.fhir_mapping.terminology import Terminology

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
        if spelling in self.factors:
            return 0, self.factors[spelling]
        if spelling in self.shifted:
            return self.shifted[spelling]
        bare = _bare(spelling)
        return None if bare == spelling else self.conversion(bare)


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
        raise Unreadable(GapKind.IMPLAUSIBLE)
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


def is_score_unit(quantity: Quantity) -> bool:
    """Whether a quantity is a plain number: no unit, `1`, or only an annotation such as {score}."""
    return _bare(quantity.code or quantity.unit or "") in ("", "1")


def _bare(spelling: str) -> str:
    return _ANNOTATION.sub("", spelling).strip() if "{" in spelling else spelling.strip()


Units = Mapping[str, UnitTable]


# "9" or "9/10", as a flowsheet row may hold a score.
_WRITTEN_SCORE = re.compile(r"\s*([+-]?\d+)\s*(?:/\s*(\d+)\s*)?")
_COMPARATORS = frozenset({"<", "<=", ">=", ">"})
NORMAL = "normal"
FREE_TEXT_CONCEPT = "other-cause"
# Answers that are not listed but still informative.
OPEN_CHOICES = {"ice-not-performed": "other", "capd-not-performed": "other"}


class Value(NamedTuple):
    """A value, its comparator if it is a bound, and whether it is free text rather than a code."""

    value: float | str | bool
    comparator: str = ""
    quoted: bool = False


class ValueReader:
    """Reads the value of a concept by the method defined for that concept."""

    def __init__(self, terminology: Terminology, units: Units) -> None:
        """Keep the tables."""
        self._concepts = terminology.concepts
        self._answers = terminology.answers
        self._units = units
        self._readers: dict[str, Callable[[str, Valued], Value]] = {
            **dict.fromkeys(units, self._measurement),
            **dict.fromkeys(terminology.concepts.choices, self._choice),
            **dict.fromkeys(terminology.concepts.scores, self._score),
        }

    def read(self, concept: str, valued: Valued) -> Value:
        """The value of a concept. Raises Unreadable with the reason if there is no usable one."""
        return self._readers.get(concept, _boolean)(concept, valued)

    def reference(self, concept: str, ranges: Sequence[Range]) -> Reference:
        """The reference range of a measurement, if the record has exactly one, in a known unit."""
        usual = [one for one in ranges if _is_usual(one.type)]
        if concept not in self._units or len(usual) != 1:
            return Reference()
        return Reference(*(self._limit(concept, limit) for limit in (usual[0].low, usual[0].high)))

    def _limit(self, concept: str, limit: Quantity | None) -> float | None:
        try:
            return None if limit is None else canonical(limit, self._units[concept])
        except Unreadable:
            return None

    def _measurement(self, concept: str, valued: Valued) -> Value:
        quantity = valued.valueQuantity
        if quantity is None:
            raise _absent(valued)
        if quantity.comparator is not None and quantity.comparator not in _COMPARATORS:
            raise Unreadable(GapKind.UNREADABLE, Part.COMPARATOR)
        return Value(canonical(quantity, self._units[concept]), quantity.comparator or "")

    def _score(self, concept: str, valued: Valued) -> Value:
        low, high = self._concepts.scores[concept]
        number = self._number(concept, valued, high)
        if number != int(number) or not low <= number <= high:
            raise Unreadable(GapKind.IMPLAUSIBLE)
        return Value(int(number))

    def _number(self, concept: str, valued: Valued, maximum: int) -> float:
        if valued.valueInteger is not None:
            return valued.valueInteger
        if valued.valueDecimal is not None:
            return valued.valueDecimal
        quantity = valued.valueQuantity
        if quantity is not None and quantity.value is not None:
            if quantity.comparator:
                raise Unreadable(GapKind.UNREADABLE, Part.COMPARATOR)
            if not is_score_unit(quantity):
                raise Unreadable(GapKind.UNKNOWN_UNIT, AsSent(quantity.code or quantity.unit or ""))
            return quantity.value
        if valued.valueString is not None:
            return _written(valued.valueString, maximum)
        return float(self._answer(concept, valued))

    def _answer(self, concept: str, valued: Valued) -> str | int:
        meanings = self._answers.get(concept, {})
        answer = _known(_codings(valued), meanings)
        if answer is None:
            raise _absent(valued)
        return answer

    def _choice(self, concept: str, valued: Valued) -> Value:
        choices = self._concepts.choices[concept]
        codings = _codings(valued)
        own = next((c.code for c in codings if c.system == ICANS and c.code in choices), None)
        answer = own or _known(codings, self._answers.get(concept, {}))
        if answer is not None:
            return Value(str(answer))
        written = _written_value(valued)
        if written is None:
            raise _absent(valued)
        return _written_choice(concept, written, choices)


def _is_usual(kind: CodeableConcept | None) -> bool:
    """Whether a range is the normal range, rather than a treatment goal or critical limits."""
    return kind is None or any(coding.code == NORMAL for coding in kind.coding)


def _written_value(valued: Valued) -> str | None:
    """The text recorded if no code was understood: a string, the text of a concept, an unknown code."""
    concept = valued.valueCodeableConcept
    codes = [coding.code for coding in _codings(valued) if coding.code]
    return valued.valueString or (concept.text if concept else None) or next(iter(codes), None)


def _written_choice(concept: str, text: str, choices: Sequence[str]) -> Value:
    """An answer recorded as text; for a documented cause, the clinician's own words."""
    if concept == FREE_TEXT_CONCEPT:
        words = text.strip()
        return Value("none") if words.casefold() == "none" else Value(words, quoted=True)
    if text in choices:
        return Value(text)
    if concept in OPEN_CHOICES:
        return Value(OPEN_CHOICES[concept])
    raise Unreadable(GapKind.UNREADABLE, Part.ANSWER)


def _written(text: str, maximum: int) -> float:
    match = _WRITTEN_SCORE.fullmatch(text)
    if match is None or (match[2] and int(match[2]) != maximum):
        raise Unreadable(GapKind.UNREADABLE, Part.TEXT)
    return float(match[1])


def _boolean(_: str, valued: Valued) -> Value:
    if valued.valueBoolean is None:
        raise _absent(valued)
    return Value(valued.valueBoolean)


def _codings(valued: Valued) -> list[Coding]:
    if valued.valueCodeableConcept is not None:
        return valued.valueCodeableConcept.coding
    return [valued.valueCoding] if valued.valueCoding else []


def _known(codings: Iterable[Coding], meanings: Mapping[Code, str | int]) -> str | int | None:
    return next((meanings[code] for code in map(normalised, codings) if code in meanings), None)


def _absent(valued: Valued) -> Unreadable:
    """The reason for a missing value: none recorded, or a form that is not understood."""
    given = (
        valued.valueQuantity,
        valued.valueString,
        valued.valueBoolean,
        valued.valueCodeableConcept,
        valued.valueCoding,
        valued.valueInteger,
    )
    empty = valued.dataAbsentReason is not None or all(value is None for value in given)
    return Unreadable(GapKind.NOT_RECORDED if empty else GapKind.UNREADABLE)
