"""Risk factors from the present course: CRS, early or high fever, previous ICANS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from cds_service.clinical.course import charted, measurements
from cds_service.clinical.course.therapy import Dose
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.history import History
from cds_service.clinical.risk.factor import (
    InCourse,
    Measure,
    Point,
    Quantity,
    RiskFactor,
    State,
    TimePoint,
    sources_of,
    unknown,
)

CRS, EARLY_FEVER, HIGH_FEVER, PRIOR_ICANS = "crs", "early-fever", "high-fever", "prior-icans"
NOT_COVERED = "temperatures do not cover the time"


def crs_factor(at: InCourse, crs: Crs) -> RiskFactor:
    """CRS now, earlier in this course (a fever) or charted; absent only if temperatures exclude it throughout."""
    record = charted.newest(at.chart, charted.CRS, at.moment)
    fever = _first_fever(at)
    measures = []
    if crs.range.lo:
        measures.append(Measure(Quantity.CRS_GRADE, crs.range.lo, time=crs.time))
    if record is not None and record.value:
        measures.append(Measure(Quantity.CHARTED_CRS_GRADE, int(record.value), time=record.time))
    if fever is not None:
        measures.append(
            Measure(
                Quantity.FIRST_FEVER, float(fever.value), "Cel", fever.time, TimePoint(Point.DAY, at.day(fever.time))
            )
        )
    sources = sources_of(one for one in (record, fever) if one)
    if measures:
        return RiskFactor(CRS, State.PRESENT, tuple(measures), _onset(at, fever), sources)
    doubt = _doubt_of_no_crs(at, crs)
    return unknown(CRS, doubt) if doubt else RiskFactor(CRS, State.ABSENT, (), "criteria not met")


def early_fever_factor(at: InCourse) -> RiskFactor:
    """Whether the first fever came within the time after the first dose that the table gives."""
    rules, dose = at.table.fever, at.course.doses[0]
    end, reason = dose.time + rules.early_within, f"within {_whole_hours(rules.early_within)} h"
    fever = _first_fever(at)
    if fever is None:
        if at.moment < end:
            return unknown(EARLY_FEVER, f"the first {_whole_hours(rules.early_within)} h are not over")
        if not _is_measured(at, dose.time, end):
            return unknown(EARLY_FEVER, NOT_COVERED)
        return RiskFactor(EARLY_FEVER, State.ABSENT, (), "no fever on record")
    measure = Measure(Quantity.FIRST_FEVER, float(fever.value), "Cel", fever.time, _hours(dose.time, fever.time))
    doubt = _doubt_of_its_hour(at, dose, fever, end)
    if doubt:
        return unknown(EARLY_FEVER, doubt, measure, records=[fever])
    state = State.PRESENT if fever.time <= end else State.ABSENT
    return RiskFactor(EARLY_FEVER, state, (measure,), reason, sources_of([fever]))


def _doubt_of_its_hour(at: InCourse, dose: Dose, fever: Record, end: datetime) -> str:
    """Why it is unknown if the first recorded fever was early, or really the first; empty if it is known."""
    if dose.date_only and fever.time <= end + at.table.fever.date_only_more:
        return "hour of the dose not on record"
    return "" if fever.time <= end or _is_measured(at, dose.time, end) else NOT_COVERED


def high_fever_factor(at: InCourse) -> RiskFactor:
    """A high fever at any time in the course; absent only if temperatures cover the whole course."""
    limit, found = at.table.fever.high_cel, _temperatures(at)
    if not found:
        return unknown(HIGH_FEVER, "no temperature of this course")
    reached = [one for one in found if one.at_least(limit)]
    exact = [one for one in found if not one.comparator]
    highest = max(reached or exact or found, key=measurements.number)
    measure = Measure(Quantity.HIGHEST, measurements.number(highest), "Cel", highest.time)
    reason = f"from {limit:g} Cel"
    if reached:
        return RiskFactor(HIGH_FEVER, State.PRESENT, (measure,), reason, sources_of([highest]))
    if any(one.at_least(limit) is None for one in found) or not _is_measured(at, at.start, at.moment):
        return unknown(HIGH_FEVER, NOT_COVERED, measure, records=[highest])
    return RiskFactor(HIGH_FEVER, State.ABSENT, (measure,), reason, sources_of([highest]))


def prior_icans_factor(at: InCourse, history: History) -> RiskFactor:
    """ICANS before the newest dose: graded in this course, or charted at any age as a grade or a diagnosis."""
    last = at.course.last_dose(at.moment).time
    graded = [one for one in history.grades if one.time < last and one.grade]
    charts = [one for one in (*_charted_grades(at), *_diagnosed_grades(at)) if one.time < last]
    measures = []
    if graded:
        worst = max(graded, key=lambda one: one.grade or 0)
        measures.append(Measure(Quantity.ICANS_GRADE, worst.grade or 0, time=worst.time))
    if charts:
        highest = max(charts, key=measurements.number)
        measures.append(Measure(Quantity.CHARTED_ICANS_GRADE, int(highest.value), time=highest.time))
    if not measures:
        return _no_earlier_icans(at)
    newest = max([*(one.time for one in graded), *(one.time for one in charts)])
    reason = "before this course" if newest < at.start else "after an earlier dose of this course"
    return RiskFactor(PRIOR_ICANS, State.PRESENT, tuple(measures), reason, sources_of(charts))


def _charted_grades(at: InCourse) -> Iterator[Record]:
    return (one for one in at.chart.facts.ever(charted.ICANS) if one.value)


def _diagnosed_grades(at: InCourse) -> Iterator[Record]:
    """Diagnoses of ICANS, active or not, at their onset or else when they were recorded (rule R2).

    A diagnosis without any date is left out, because it may be the present ICANS.
    """
    grades = at.table.prior_icans.grades
    for one in at.chart.facts.diagnoses:
        if one.concept in grades and one.time and not one.refuted:
            yield Record(one.time, one.concept, grades[one.concept], one.source)


def _no_earlier_icans(at: InCourse) -> RiskFactor:
    """Unknown, because nothing charted does not mean absent; names the newest therapy of an earlier course."""
    earlier = [dose for dose in at.chart.doses if dose.time < at.start]
    if not earlier:
        return unknown(PRIOR_ICANS, "none on file")
    newest = earlier[-1]
    product = at.chart.rules.drugs.product(newest.product)
    name = product.name if product else newest.therapy_class
    return unknown(PRIOR_ICANS, "none on file", Measure(Quantity.EARLIER_COURSE, name, time=newest.time))


def _is_measured(at: InCourse, start: datetime, end: datetime) -> bool:
    """Whether temperatures cover a period: each counts only as long as a vital sign is current (rule T6)."""
    current = at.chart.rules.decisions.current.vital_signs
    times = [one.time for one in _temperatures(at) if start <= one.time <= end]
    return bool(times) and all(later - earlier <= current for earlier, later in pairwise((start, *times, end)))


def _doubt_of_no_crs(at: InCourse, crs: Crs) -> str:
    """Why CRS cannot be excluded; empty if it can."""
    drugs = at.chart.rules.decisions.crs.anticytokines
    if crs.range.hi:
        return "CRS cannot be graded"
    if any(one.drug in drugs and one.time >= at.start for one in at.chart.administrations.until(at.moment)):
        return "treated as CRS in this course"
    return "" if _is_measured(at, at.start, at.moment) else NOT_COVERED


def _temperatures(at: InCourse) -> tuple[Record, ...]:
    return at.chart.of(measurements.TEMPERATURE).until(at.moment)


def _first_fever(at: InCourse) -> Record | None:
    limit = at.chart.rules.grading.crs.fever_cel
    return next((one for one in _temperatures(at) if one.at_least(limit)), None)


def _onset(at: InCourse, fever: Record | None) -> str:
    limit = at.table.crs.early_until_day
    return "" if fever is None else f"onset {'by' if at.day(fever.time) <= limit else 'after'} day {limit}"


def _hours(start: datetime, end: datetime) -> TimePoint:
    return TimePoint(Point.HOURS, _whole_hours(end - start))


def _whole_hours(span: timedelta) -> int:
    return round(span / timedelta(hours=1))
