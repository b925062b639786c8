"""Laboratory values compared with the laboratory's own limits."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.risk.factor import (
    InCourse,
    Measure,
    Point,
    RiskFactor,
    State,
    TimePoint,
    judged,
    newest,
    sources_of,
    unknown,
)
from cds_service.clinical.risk.fludarabine import lymphodepletion
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.risk import LaboratoryRisk
from cds_service.clinical.tables.vocabulary import UNITS

TUMOUR_BURDEN, BLASTS, LDH = "tumour-burden", Concept("marrow-blasts"), "ldh"


def laboratory_factor(at: InCourse, row: LaboratoryRisk) -> RiskFactor:
    """Beyond the limit or within it; unknown without a value or a limit, or if the value is uninformative."""
    records, when = _looked_at(at, row)
    record = newest(records)
    if record is None:
        return unknown(row.factor, f"no {'current value' if when is Point.CURRENT else f'value {when}'}")
    limit = getattr(record.reference, row.beyond)
    measure = _measure(record)._replace(at=TimePoint(when))
    masking = _given_before(at, row, record.time)
    if masking:
        return unknown(row.factor, f"not to be read after {masking}", measure, records=[record])
    if limit is None:
        return unknown(row.factor, f"no {_side(row)} limit on record", measure, records=[record])
    beyond = record.more_than(limit) if row.beyond == "high" else _negated(record.at_least(limit))
    reason = f"{_side(row)} limit {limit:g}"
    return RiskFactor(row.factor, judged(present=beyond), (measure,), reason, sources_of([record]))


def tumour_burden_factor(at: InCourse, ldh: RiskFactor) -> RiskFactor:
    """LDH as the surrogate, and the marrow; a normal LDH does not show that the burden is low."""
    marrow = newest(at.of(BLASTS))
    measures = (_measure(marrow),) if marrow else ()
    sources = (*ldh.sources, *sources_of([marrow] if marrow else []))
    if ldh.state is State.PRESENT:
        return RiskFactor(TUMOUR_BURDEN, State.PRESENT, (*ldh.measures, *measures), "raised LDH as surrogate", sources)
    reason = "extent not on record as a value" if not marrow else "no cut-off confirmed"
    return RiskFactor(TUMOUR_BURDEN, State.UNKNOWN, (*ldh.measures, *measures), reason, sources)


class _RecordsOfPoint(NamedTuple):
    """The records of the time that the factor is about, and that time."""

    records: list[Record]
    point: Point


def _looked_at(at: InCourse, row: LaboratoryRisk) -> _RecordsOfPoint:
    times = at.table.time
    if row.when != "before":
        since = max(at.start, at.moment - times.current)
        return _RecordsOfPoint([record for record in at.of(row.concept) if since <= record.time], Point.CURRENT)
    given = lymphodepletion(at)
    until = given.start if given else at.start
    near = [record for record in at.of(row.concept) if until - times.before <= record.time < until]
    return _RecordsOfPoint(near, Point.BEFORE if given else Point.BEFORE_DOSE)


def _given_before(at: InCourse, row: LaboratoryRisk, moment: datetime) -> str:
    """The first drug of this course after which the value is uninformative."""
    given = (dose.drug for dose in at.chart.administrations.until(moment) if dose.time >= at.start)
    return next((drug for drug in given if drug in row.unless_after), "")


def _measure(record: Record) -> Measure:
    value = float(record.value)
    return Measure(record.concept, value, UNITS[record.concept], record.time, comparator=record.comparator)


def _side(row: LaboratoryRisk) -> str:
    return "upper" if row.beyond == "high" else "lower"


def _negated(answer: bool | None) -> bool | None:  # noqa: FBT001  (an answer, not a switch)
    return None if answer is None else not answer
