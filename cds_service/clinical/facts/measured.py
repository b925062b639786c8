"""A measured value as a number with its unit; the words for it are the cards'."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.facts.patient import Record


class Measured(NamedTuple):
    """A number in a UCUM unit. `comparator` is FHIR's (`<`, `<=`, `>=`, `>`) where the number is a bound."""

    number: float
    unit: str
    comparator: str = ""

    @classmethod
    def of(cls, record: Record, unit: str) -> Measured:
        """The value of a record, which is in this unit."""
        return cls(float(record.value), unit, record.comparator)
