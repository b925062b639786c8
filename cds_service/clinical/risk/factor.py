"""One risk factor: present, absent or unknown, with the values that show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import Course
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.risk import RiskTable


class State(StrEnum):
    """Whether a factor is present; nothing on record means unknown, never absent."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Quantity(StrEnum):
    """A quantity looked at that is not a concept of the record."""

    AGE = "age"
    PRODUCT = "product"
    CELLS = "cells"
    FIRST_FEVER = "first fever"
    HIGHEST = "highest"
    CRS_GRADE = "CRS grade"
    CHARTED_CRS_GRADE = "charted CRS grade"
    ICANS_GRADE = "ICANS grade"
    CHARTED_ICANS_GRADE = "charted ICANS grade"
    EARLIER_COURSE = "earlier course"
    DOSES = "doses"
    CUMULATIVE = "cumulative"
    LABEL = "label"
    CLEARANCE = "clearance (Cockcroft-Gault)"
    EGFR = "eGFR (CKD-EPI 2021)"


class Point(StrEnum):
    """The time that a value stands for; DAY and HOURS count from the first dose."""

    BEFORE = "before lymphodepletion"
    BEFORE_DOSE = "before the first dose"
    CURRENT = "current"
    DAY = "day"
    HOURS = "hours after the dose"


class TimePoint(NamedTuple):
    """The time that a value stands for; `number`: of days or hours."""

    point: Point
    number: int = 0


class Measure(NamedTuple):
    """A value looked at: a quantity, a concept of the record, or a drug.

    `at`: the time point that it stands for, if that matters. `comparator`: FHIR's, if the value is a bound.
    """

    name: str
    value: float | str
    unit: str = ""
    time: datetime | None = None
    at: TimePoint | None = None
    comparator: str = ""


class RiskFactor(NamedTuple):
    """One factor of the vocabulary. `reason`: what decided it or why it is unknown, as a code in words."""

    name: str
    state: State
    measures: tuple[Measure, ...] = ()
    reason: str = ""
    sources: tuple[str, ...] = ()


class InCourse(NamedTuple):
    """A patient at a moment of a course of therapy."""

    chart: Chart
    course: Course
    moment: datetime

    @property
    def start(self) -> datetime:
        """The first dose of the course."""
        return self.course.start

    @property
    def table(self) -> RiskTable:
        """The thresholds of the factors."""
        return self.chart.rules.risk.factors

    def of(self, concept: Concept) -> tuple[Record, ...]:
        """The records of a concept up to now, including those from before the course."""
        return tuple(record for record in self.chart.facts.of(concept) if record.time <= self.moment)

    def day(self, moment: datetime) -> int:
        """Calendar days since the first dose."""
        return self.course.doses[0].day_at(moment, self.chart.facts.zone)


def unknown(name: str, reason: str, *measures: Measure, records: Iterable[Record] = ()) -> RiskFactor:
    """A factor for which the record is insufficient, and why."""
    return RiskFactor(name, State.UNKNOWN, measures, reason, sources_of(records))


def judged(*, present: bool | None) -> State:
    """The state for a yes-or-no answer; unknown for None."""
    return State.UNKNOWN if present is None else State.PRESENT if present else State.ABSENT


def sources_of(records: Iterable[Record]) -> tuple[str, ...]:
    """The sources of these records, each once."""
    return tuple(dict.fromkeys(record.source for record in records if record.source))


def newest(records: Iterable[Record]) -> Record | None:
    """The last of these records, which are in order of time."""
    return next(iter(reversed(tuple(records))), None)
