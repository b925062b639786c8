"""Reads value[x] as the rules need it: scores, coded answers, measurements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from cds_service.clinical.facts.gap import AsSent, GapKind, Part
from cds_service.clinical.facts.patient import Measured, Reference
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.codes import BOOLEAN, ICANS, Code, normalised
from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Coding, Quantity, Range, Valued, codings_of
from cds_service.fhir_mapping.read.collector import Unreadable
from cds_service.fhir_mapping.read.units import Units, canonical, is_score_unit
from cds_service.fhir_mapping.terminology import Terminology

# "9" or "9/10", as a flowsheet row may hold a score.
_WRITTEN_SCORE = re.compile(r"\s*([+-]?\d+)(?:[.,]0+)?\s*(?:/\s*(\d+)\s*)?")
# "38,9 °C": the comma is a decimal one, but before three digits it may separate thousands.
_WRITTEN_VALUE = re.compile(r"\s*([<>]=?)?\s*(\d+)(?:[.,](\d+))?\s*(\D.*)?")
_THOUSANDS = re.compile(r"\s*[<>=\s]*[1-9]\d{0,2},\d{3}(?!\d)")
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
        self._readers: dict[str, Callable[[Concept, Valued], Value]] = {
            **dict.fromkeys(units, self._measurement),
            **dict.fromkeys(terminology.concepts.choices, self._choice),
            **dict.fromkeys(terminology.concepts.scores, self._score),
        }

    def read(self, concept: Concept, valued: Valued) -> Value:
        """The value of a concept. Raises Unreadable with the reason if there is no usable one."""
        return self._readers.get(concept, self._truth)(concept, valued)

    def reference(self, concept: Concept, ranges: Sequence[Range]) -> Reference:
        """The reference range of a measurement, if the record has exactly one, in a known unit."""
        usual = [one for one in ranges if _is_usual(one.type)]
        if concept not in self._units or len(usual) != 1:
            return Reference()
        return Reference(*(self._limit(concept, limit) for limit in (usual[0].low, usual[0].high)))

    def _limit(self, concept: Concept, limit: Quantity | None) -> float | None:
        try:
            return None if limit is None else canonical(limit, self._units[concept])
        except Unreadable:
            return None

    def _measurement(self, concept: Concept, valued: Valued) -> Value:
        quantity = valued.valueQuantity or self._written(concept, valued.valueString)
        if quantity is None:
            raise _absent(valued)
        if quantity.comparator is not None and quantity.comparator not in _COMPARATORS:
            raise Unreadable(GapKind.UNREADABLE, Part.COMPARATOR)
        return Value(canonical(quantity, self._units[concept]), quantity.comparator or "")

    def _written(self, concept: Concept, text: str | None) -> Quantity | None:
        """A value recorded as text; its words are never passed on, as they may be anything."""
        quantity = _written_quantity(text)
        if quantity is not None and quantity.unit and self._units[concept].conversion(quantity.unit) is None:
            raise Unreadable(GapKind.UNKNOWN_UNIT, Part.TEXT)
        return quantity

    def _score(self, concept: Concept, valued: Valued) -> Value:
        low, high = self._concepts.scores[concept]
        number = self._number(concept, valued, high)
        if number != int(number) or not low <= number <= high:
            raise Unreadable(GapKind.IMPLAUSIBLE, measured=Measured(number, ""))
        return Value(int(number))

    def _number(self, concept: Concept, valued: Valued, maximum: int) -> float:
        if valued.valueInteger is not None:
            return valued.valueInteger
        if valued.valueDecimal is not None:
            return valued.valueDecimal
        if valued.valueQuantity is not None and valued.valueQuantity.value is not None:
            return _points(valued.valueQuantity, valued.valueQuantity.value, maximum)
        if valued.valueString is not None:
            return _written_score(valued.valueString, maximum)
        answer = self._answer(concept, valued)
        # What is right or wrong is worth a point; of more points, true says nothing.
        points = valued.valueBoolean if answer is None and maximum == 1 else answer
        if points is None:
            raise _not_understood(valued) or _absent(valued)
        return float(points)

    def _answer(self, concept: Concept, valued: Valued) -> str | int | bool | None:
        """What a coded answer, or true and false, mean for a concept."""
        truth = [] if valued.valueBoolean is None else [Coding(BOOLEAN, str(valued.valueBoolean).lower())]
        return _known((*codings_of(valued), *truth), self._answers.get(concept, {}))

    def _truth(self, concept: Concept, valued: Valued) -> Value:
        answer = self._answer(concept, valued)
        truth = valued.valueBoolean if answer is None else bool(answer)
        if truth is None:
            raise _not_understood(valued) or _absent(valued)
        return Value(truth)

    def _choice(self, concept: Concept, valued: Valued) -> Value:
        choices = self._concepts.choices[concept]
        codings = codings_of(valued)
        own = next((code for system, code in map(normalised, codings) if system == ICANS and code in choices), None)
        answer = own or self._answer(concept, valued)
        if answer is not None:
            return Value(str(answer))
        written = _written_value(valued)
        if written is None:
            raise _absent(valued)
        written_choice = _written_choice(concept, written, choices)
        if written_choice is None:
            raise _not_understood(valued) or Unreadable(GapKind.UNREADABLE, Part.ANSWER)
        return written_choice


def _is_usual(kind: CodeableConcept | None) -> bool:
    """Whether a range is the normal range, rather than a treatment goal or critical limits."""
    return kind is None or any(coding.code == NORMAL for coding in kind.coding)


def _written_value(valued: Valued) -> str | None:
    """The text recorded if no code was understood: a string, the text of a concept, an unknown code."""
    concept = valued.valueCodeableConcept
    codes = [coding.code for coding in codings_of(valued) if coding.code]
    return valued.valueString or (concept.text if concept else None) or next(iter(codes), None)


def _written_choice(concept: Concept, text: str, choices: Sequence[str]) -> Value | None:
    """An answer recorded as text; for a documented cause, the clinician's own words; None if it is no answer."""
    if concept == FREE_TEXT_CONCEPT:
        words = text.strip()
        return Value("none") if words.casefold() == "none" else Value(words, quoted=True)
    if text in choices:
        return Value(text)
    if concept in OPEN_CHOICES:
        return Value(OPEN_CHOICES[concept])
    return None


def _written_quantity(text: str | None) -> Quantity | None:
    """A value with its unit that was recorded as text; None if it is not certain which number it is."""
    match = None if text is None or _THOUSANDS.match(text) else _WRITTEN_VALUE.fullmatch(text)
    if match is None:
        return None
    comparator, whole, part, unit = match.groups()
    return Quantity(value=float(f"{whole}.{part or 0}"), comparator=comparator, unit=unit and unit.strip())


def _points(quantity: Quantity, value: float, maximum: int) -> float:
    """The points of a score that was sent as a quantity."""
    if quantity.comparator:
        raise Unreadable(GapKind.UNREADABLE, Part.COMPARATOR)
    if not is_score_unit(quantity, maximum):
        raise Unreadable(GapKind.UNKNOWN_UNIT, AsSent(quantity.code or quantity.unit or ""))
    return value


def _written_score(text: str, maximum: int) -> float:
    match = _WRITTEN_SCORE.fullmatch(text)
    if match is None or (match[2] and int(match[2]) != maximum):
        raise Unreadable(GapKind.UNREADABLE, Part.TEXT)
    return float(match[1])


def _known(codings: Iterable[Coding], meanings: Mapping[Code, str | int | bool]) -> str | int | bool | None:
    return next((meanings[code] for code in map(normalised, codings) if code in meanings), None)


def _not_understood(valued: Valued) -> Unreadable | None:
    """The reason for an answer that is coded, and whose code nobody knows."""
    return Unreadable(GapKind.NOT_UNDERSTOOD) if any(coding.code for coding in codings_of(valued)) else None


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
