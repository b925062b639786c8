"""The data types of FHIR R4 that the service reads, as typed structs: fast, and strict about types.

Elements not listed here are skipped. A wrong type (a decimal as text, an epoch as time) makes that one resource
unreadable, never its neighbours.
"""

from __future__ import annotations

import msgspec


class Struct(msgspec.Struct, gc=False):
    """Data read for one request contain no cycles, so the garbage collector can ignore them."""


class Coding(Struct):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Struct):
    coding: list[Coding] = []
    text: str | None = None


class Quantity(Struct):
    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(Struct):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Reference(Struct):
    reference: str | None = None


class Period(Struct):
    start: str | None = None
    end: str | None = None


class Range(Struct):
    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None


class Repeat(Struct):
    boundsDuration: Quantity | None = None
    boundsPeriod: Period | None = None
    duration: float | None = None
    durationMax: float | None = None
    durationUnit: str | None = None
    count: float | None = None
    frequency: float | None = None
    frequencyMax: float | None = None
    period: float | None = None
    periodMax: float | None = None
    periodUnit: str | None = None
    timeOfDay: list[str] = []


class Timing(Struct):
    event: list[str] = []
    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class Valued(Struct):
    """Any element that can carry a value: an Observation, its component, an answer in a questionnaire."""

    valueQuantity: Quantity | None = None
    valueInteger: float | None = None
    valueDecimal: float | None = None
    valueString: str | None = None
    valueBoolean: bool | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueCoding: Coding | None = None
    valueDateTime: str | None = None
    valueDate: str | None = None
    dataAbsentReason: CodeableConcept | None = None


def codings_of(valued: Valued) -> list[Coding]:
    """The codings of a coded value."""
    if valued.valueCodeableConcept is not None:
        return valued.valueCodeableConcept.coding
    return [valued.valueCoding] if valued.valueCoding else []
