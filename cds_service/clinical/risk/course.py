"""What this course itself says of risk: CRS, early and high fever, ICANS before."""

from __future__ import annotations

from datetime import datetime, timedelta

from cds_service.clinical import charted, vitals
from cds_service.clinical.crs import Crs
from cds_service.clinical.facts import Finding
from cds_service.clinical.history import History
from cds_service.clinical.risk.factor import InCourse, Measure, RiskFactor, State, sources_of, unknown

CRS, EARLY_FEVER, HIGH_FEVER, PRIOR_ICANS = "crs", "early-fever", "high-fever", "prior-icans"


def crs_factor(at: InCourse, crs: Crs) -> RiskFactor:
    """CRS now, earlier in this course (a fever), or charted; absent only where the criteria are not met."""
    record = charted.newest(at.chart, charted.CRS, at.moment)
    fever = _first_fever(at)
    measures = []
    if crs.range.lo:
        measures.append(Measure("CRS grade", crs.range.lo, time=crs.time))
    if record is not None and record.value:
        measures.append(Measure("charted CRS grade", int(record.value), time=record.time))
    if fever is not None:
        measures.append(Measure("first fever", float(fever.value), "Cel", fever.time, f"day {at.day(fever.time)}"))
    sources = sources_of(one for one in (record, fever) if one)
    if measures:
        return RiskFactor(CRS, State.PRESENT, tuple(measures), _onset(at, fever), sources)
    if crs.range.hi == 0:
        return RiskFactor(CRS, State.ABSENT, (), "criteria not met")
    return unknown(CRS, "CRS cannot be graded")


def early_fever_factor(at: InCourse) -> RiskFactor:
    """The first fever within the hours that the table gives after the first dose."""
    rules, dose = at.table.fever, at.course.doses[0]
    end = dose.time + rules.early_within
    fever = _first_fever(at)
    measured = [one for one in _temperatures(at) if one.time <= end]
    if fever is not None:
        measure = Measure("first fever", float(fever.value), "Cel", fever.time, _hours(dose.time, fever.time))
        if dose.date_only and fever.time <= end + rules.date_only_more:
            return unknown(EARLY_FEVER, "hour of the dose not on record", measure, records=[fever])
        state = State.PRESENT if fever.time <= end else State.ABSENT
        return RiskFactor(
            EARLY_FEVER, state, (measure,), f"within {_whole_hours(rules.early_within)} h", sources_of([fever])
        )
    if not measured:
        return unknown(EARLY_FEVER, "no temperature in that time")
    if at.moment < end:
        return unknown(EARLY_FEVER, f"the first {_whole_hours(rules.early_within)} h are not over")
    return RiskFactor(EARLY_FEVER, State.ABSENT, (), "no fever on record", sources_of(measured[-1:]))


def high_fever_factor(at: InCourse) -> RiskFactor:
    """A high fever at any time of the course; absent only while temperatures are current."""
    limit = at.table.fever.high_cel
    known = [one for one in _temperatures(at) if not one.comparator]
    if not known:
        return unknown(HIGH_FEVER, "no temperature of this course")
    highest = max(known, key=vitals.number)
    measure = Measure("highest", vitals.number(highest), "Cel", highest.time)
    told = f"from {limit:g} Cel"
    if vitals.number(highest) >= limit:
        return RiskFactor(HIGH_FEVER, State.PRESENT, (measure,), told, sources_of([highest]))
    if not vitals.newest(at.chart, vitals.TEMPERATURE, at.moment):
        return unknown(HIGH_FEVER, "no current temperature", measure, records=[highest])
    return RiskFactor(HIGH_FEVER, State.ABSENT, (measure,), told, sources_of([highest]))


def prior_icans_factor(at: InCourse, history: History) -> RiskFactor:
    """ICANS after an earlier dose: charted before this course, or graded in it before its last dose."""
    earlier = [one for one in at.of(charted.ICANS) if one.time < at.start and one.value]
    last = at.course.last_dose(at.moment).time
    graded = [one for one in history.grades if one.time < last and one.grade]
    if graded:
        worst = max(graded, key=lambda one: one.grade or 0)
        measure = Measure("ICANS grade", worst.grade or 0, time=worst.time)
        return RiskFactor(PRIOR_ICANS, State.PRESENT, (measure,), "after an earlier dose of this course")
    if earlier:
        highest = max(earlier, key=vitals.number)
        measure = Measure("charted ICANS grade", int(highest.value), time=highest.time)
        return RiskFactor(PRIOR_ICANS, State.PRESENT, (measure,), "before this course", sources_of(earlier))
    return unknown(PRIOR_ICANS, "none on file")


def _temperatures(at: InCourse) -> tuple[Finding, ...]:
    return at.chart.of(vitals.TEMPERATURE).until(at.moment)


def _first_fever(at: InCourse) -> Finding | None:
    limit = at.chart.rules.grading.crs.fever_cel
    return next((one for one in _temperatures(at) if one.at_least(limit)), None)


def _onset(at: InCourse, fever: Finding | None) -> str:
    limit = at.table.crs.early_until_day
    return "" if fever is None else f"onset {'by' if at.day(fever.time) <= limit else 'after'} day {limit}"


def _hours(start: datetime, end: datetime) -> str:
    return f"{_whole_hours(end - start)} h after the dose"


def _whole_hours(span: timedelta) -> int:
    return round(span / timedelta(hours=1))
