"""Endothelial scores: EASIX, simplified EASIX and m-EASIX, computed only from values of the same day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import NamedTuple

from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.facts.patient import Diagnosis, Record
from cds_service.clinical.risk.factor import (
    InCourse,
    Measure,
    Point,
    RiskFactor,
    State,
    TimePoint,
    judged,
    sources_of,
    unknown,
)
from cds_service.clinical.risk.fludarabine import lymphodepletion
from cds_service.clinical.tables.risk import ScoreRisk


class Score(NamedTuple):
    """A score at a named time point, with the records that it was computed from."""

    value: float
    at: TimePoint
    records: tuple[Record, ...]


def score_factor(at: InCourse, row: ScoreRisk) -> RiskFactor:
    """The score at each of its time points; present only by a published cut-off for that time point."""
    invalid = [one for one in at.chart.facts.diagnoses if one.concept in row.unless and _holds(at, one)]
    if invalid:
        named = ", ".join(dict.fromkeys(one.concept.replace("-", " ") for one in invalid))
        sources = tuple(dict.fromkeys(one.source for one in invalid if one.source))
        return RiskFactor(row.factor, State.UNKNOWN, (), f"refused: not to be read with {named}", sources)
    scores = list(_scores(at, row))
    if not scores:
        inputs = ", ".join(name.replace("-", " ") for name in row.inputs)
        return unknown(row.factor, f"refused: no {inputs} of one day at a time point of the score")
    measures = tuple(Measure(row.factor, f"{one.value:.2f}", "", one.records[0].time, one.at) for one in scores)
    sources = sources_of(record for one in scores for record in one.records)
    before = next((one for one in scores if one.at.point is Point.BEFORE), None)
    if row.cut_off is None:
        return RiskFactor(row.factor, State.UNKNOWN, measures, "no cut-off confirmed", sources)
    if before is None:
        return RiskFactor(row.factor, State.UNKNOWN, measures, "no cut-off for this time point", sources)
    present = before.value > row.cut_off
    return RiskFactor(row.factor, judged(present=present), measures, f"cut-off above {row.cut_off:g}", sources)


def _holds(at: InCourse, diagnosis: Diagnosis) -> bool:
    return not diagnosis.refuted and (diagnosis.time is None or diagnosis.time <= at.moment)


def _scores(at: InCourse, row: ScoreRisk) -> Iterator[Score]:
    """The scores, before lymphodepletion first, then by day around the dose, oldest first."""
    given = lymphodepletion(at)
    before = _before(at, row, given.start if given else at.start)
    if before:
        yield Score(_value(at, before), TimePoint(Point.BEFORE if given else Point.BEFORE_DOSE), before)
    infusion = local_date(at.start, at.chart.facts.zone)
    for point in row.points:
        records = _of_day(at, row, infusion + timedelta(days=point), at.moment)
        if records:
            yield Score(_value(at, records), TimePoint(Point.DAY, point), records)


def _before(at: InCourse, row: ScoreRisk, until: datetime) -> tuple[Record, ...]:
    """The inputs of the last complete day before the first lymphodepletion drug."""
    just_before = until - timedelta(microseconds=1)
    since = until - at.table.time.before
    times = {record.time for record in at.of(row.over) if since <= record.time < until}
    days = sorted({local_date(time, at.chart.facts.zone) for time in times}, reverse=True)
    return next(filter(None, (_of_day(at, row, day, just_before) for day in days)), ())


def _of_day(at: InCourse, row: ScoreRisk, day: date, until: datetime) -> tuple[Record, ...]:
    """The newest of each input on one calendar day of the ward; empty if one is missing or only a bound."""
    midnight, zone = time(), at.chart.facts.zone
    begins, ends = (datetime.combine(one, midnight, zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    found = []
    for concept in row.inputs:
        same_day = [one for one in at.chart.facts.of(concept) if begins <= one.time < ends and one.time <= until]
        if not same_day or same_day[-1].comparator:
            return ()
        found.append(same_day[-1])
    return tuple(found) if float(found[-1].value) else ()


def _value(at: InCourse, records: tuple[Record, ...]) -> float:
    units = at.table.score_units
    *times, over = (float(record.value) / units.get(record.concept, 1) for record in records)
    return prod(times) / over
