"""What is known of one risk factor: present, absent or unknown, with the values that say so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.therapy import Course
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.risk import RiskTable


class State(StrEnum):
    """Unknown is never absent: what is not on file says nothing."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Quantity(StrEnum):
    """What was looked at, where it is no concept of the record."""

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
    """What time a value stands for; DAY and HOURS count from the first dose."""

    BEFORE = "before lymphodepletion"
    BEFORE_DOSE = "before the first dose"
    CURRENT = "current"
    DAY = "day"
    HOURS = "hours after the dose"


class TimePoint(NamedTuple):
    """The time a value stands for; `number`: of days or hours."""

    point: Point
    number: int = 0


class Measure(NamedTuple):
    """A value that was looked at: a quantity, a concept of the record, or a drug.

    `at`: the time point it stands for, where that matters.
    """

    name: str
    value: float | str
    unit: str = ""
    time: datetime | None = None
    at: TimePoint | None = None


class RiskFactor(NamedTuple):
    """One factor of the vocabulary. `reason`: what decided, or why nothing could, as a code in words."""

    name: str
    state: State
    measures: tuple[Measure, ...] = ()
    reason: str = ""
    sources: tuple[str, ...] = ()


class InCourse(NamedTuple):
    """A patient in a course of therapy, at a moment."""

    chart: Chart
    course: Course
    moment: datetime

    @property
    def start(self) -> datetime:
        """The first dose of the course."""
        return self.course.start

    @property
    def table(self) -> RiskTable:
        """What makes a factor present."""
        return self.chart.rules.risk.factors

    def of(self, concept: str) -> tuple[Record, ...]:
        """What is known of a concept by now, also from before the course."""
        return tuple(record for record in self.chart.facts.of(concept) if record.time <= self.moment)

    def day(self, moment: datetime) -> int:
        """Calendar days since the first dose."""
        return self.course.doses[0].day_at(moment, self.chart.facts.zone)


def unknown(name: str, reason: str, *measures: Measure, records: Iterable[Record] = ()) -> RiskFactor:
    """A factor of which the record does not say enough, and why."""
    return RiskFactor(name, State.UNKNOWN, measures, reason, sources_of(records))


def judged(*, present: bool | None) -> State:
    """The state of an answer; None where the record leaves it open."""
    return State.UNKNOWN if present is None else State.PRESENT if present else State.ABSENT


def sources_of(records: Iterable[Record]) -> tuple[str, ...]:
    """Where records come from, each once."""
    return tuple(dict.fromkeys(record.source for record in records if record.source))


def newest(records: Iterable[Record]) -> Record | None:
    """The last of records that are in order of time."""
    return next(iter(reversed(tuple(records))), None)
