"""The content of the picture of a course: scores, grades, temperatures and drugs over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import NamedTuple

from cds_service.clinical.assess import grades_of
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import CAPD, ICE, MOTOR_FINDING, RAISED_ICP_SIGN, DomainName
from cds_service.clinical.course.measurements import TEMPERATURE
from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.guideline import GradeBand
from cds_service.clinical.tables.names import Drug
from cds_service.sandbox.pages.steps import Step, steps_of

# An older start or baseline is not drawn, because the days that matter would become too narrow.
LONGEST, BASELINE_BEFORE, SHORTEST = timedelta(days=45), timedelta(days=3), timedelta(days=1)
SIGNS = (MOTOR_FINDING, RAISED_ICP_SIGN)
MAX_LANES = 6
_ROOM = 3  # points shown above the start of the highest band


class Point(NamedTuple):
    """A score; `text` if it is a range of points. `baseline`: from before the therapy."""

    time: datetime
    value: float
    text: str
    baseline: bool = False


class Mark(NamedTuple):
    """An event, or a time from `start` to `end`."""

    start: datetime
    end: datetime
    text: str


class Lane(NamedTuple):
    """The marks of one drug or sign."""

    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A course between two times, in the ward's zone."""

    zone: tzinfo
    start: datetime
    end: datetime
    doses: tuple[Mark, ...]
    instrument: str
    maximum: int
    bands: tuple[GradeBand, ...]
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    temperatures: tuple[Point, ...]
    fever: float
    lanes: tuple[Lane, ...]

    @property
    def top(self) -> int:
        """The highest score on the axis: CAPD goes up to 32, but nearly all that matters lies below 12."""
        highest = max((ceil(point.value) for point in self.points), default=0)
        return min(self.maximum, max(highest, *(band.first for band in self.bands)) + _ROOM)

    @property
    def scored(self) -> bool:
        """Whether scores and grades are drawn: after a therapy, even their absence is informative."""
        return bool(self.doses or self.points)

    def day_at(self, moment: datetime) -> int | None:
        """Calendar days since the newest dose at a moment; None before the first."""
        today = local_date(moment, self.zone)
        days = [local_date(dose.start, self.zone) for dose in self.doses]
        return min(((today - day).days for day in days if day <= today), default=None)


def timeline_of(chart: Chart, evaluation: Evaluation) -> Timeline | None:
    """The course of a patient; None if nothing is charted that could be drawn."""
    end = evaluation.history.now.time
    instrument = evaluation.instrument or ICE
    table = chart.rules.grading.capd if instrument == CAPD else chart.rules.grading.ice
    points = tuple(_points(chart, instrument, end))
    temperatures = tuple(
        Point(one.time, float(one.value), f"{one.value:.1f}") for one in chart.of(TEMPERATURE).until(end)
    )
    doses = tuple(_doses(chart))
    times = [*(point.time for point in (*points, *temperatures)), *chart.domain_times, *(dose.start for dose in doses)]
    if not any(time <= end for time in times):
        return None
    start = _start(times, end)
    lanes = tuple(_lanes(chart, start, end))[:MAX_LANES]
    if not (doses or points or temperatures or lanes):
        return None
    return Timeline(
        zone=chart.facts.zone,
        start=start,
        end=end,
        doses=doses,
        instrument=instrument.upper(),
        maximum=table.maximum,
        bands=table.bands,
        points=points,
        # Without therapy and scores no grade is expected, and RASS alone does not give one.
        steps=tuple(steps_of(grades_of(chart, evaluation))) if doses or points else (),
        temperatures=temperatures,
        fever=chart.rules.grading.crs.fever_cel,
        lanes=lanes,
    )


def _start(times: Iterable[datetime], end: datetime) -> datetime:
    recent = [time for time in times if end - LONGEST <= time <= end]
    return min([*recent, end - SHORTEST])


def _points(chart: Chart, instrument: DomainName, end: datetime) -> Iterator[Point]:
    baseline = chart.baseline.get(instrument)
    if baseline and chart.course and chart.course.start - baseline.time <= BASELINE_BEFORE:
        yield Point(baseline.time, baseline.low, baseline.points, baseline=True)
    for one in chart.assessments[instrument].until(end):
        yield Point(one.time, one.low, one.points)


def _doses(chart: Chart) -> Iterator[Mark]:
    products = chart.rules.drugs.products
    for dose in chart.course.doses if chart.course else ():
        name = products[dose.product].short if dose.product in products else dose.therapy_class
        yield Mark(dose.time, dose.time, name)


def _lanes(chart: Chart, start: datetime, end: datetime) -> Iterator[Lane]:
    """Seizures and signs first, then drugs: those that treat toxicity, sedatives, all others."""
    yield from _lane("seizure", (Mark(one.time, one.time, one.kind) for one in chart.seizures.until(end)))
    for sign in SIGNS:
        found = [one for one in chart.of(sign).until(end) if one.value != "none"]
        yield from _lane(sign, (Mark(one.time, one.time, str(one.value)) for one in found))
    begin = max(start, chart.course.start) if chart.course else start
    given = [dose for dose in chart.administrations.until(end) if dose.ends_after(begin) or dose.time >= begin]
    for drug in sorted({dose.drug for dose in given}, key=lambda drug: (_rank(chart, drug), drug)):
        yield from _lane(drug, (Mark(one.time, min(one.end or end, end), drug) for one in given if one.drug == drug))


def _lane(label: str, marks: Iterable[Mark]) -> Iterator[Lane]:
    found = tuple(marks)
    if found:
        yield Lane(label.replace("-", " "), found)


def _rank(chart: Chart, drug: Drug) -> int:
    drugs, pressors = chart.rules.drugs, chart.rules.grading.crs.hypotension.vasopressors
    classes = (
        drugs.corticosteroids,
        ("tocilizumab", "anakinra", "siltuximab"),
        (*drugs.sedatives, *drugs.neuromuscular_blockers),
        pressors,
        drugs.antiseizure,
    )
    return next((rank for rank, names in enumerate(classes) if drug in names), len(classes))
