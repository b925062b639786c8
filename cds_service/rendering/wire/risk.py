"""Risk factors in the machine-readable answer: state, values, published evidence, source."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from cds_service.clinical.risk.factor import Measure, Point, RiskFactor, TimePoint
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.risk import Evidence

Json = dict[str, Any]


def risk_json(evaluation: Evaluation) -> list[Json]:
    """One entry per factor."""
    risk = evaluation.risk
    return [_entry(factor, risk.published[factor.name]) for factor in risk.factors]


def measured_text(measure: Measure) -> str:
    """A value with its name and unit, and the time point that it stands for."""
    number = measure.value
    value = number if isinstance(number, str) else f"{measure.comparator}{number:.10g}"
    return " ".join(filter(None, (measure.name, value, measure.unit, _point(measure.at))))


def _point(at: TimePoint | None) -> str:
    match at:
        case TimePoint(Point.DAY, number):
            return f"day {number}"
        case TimePoint(Point.HOURS, number):
            return f"{number} h after the dose"
    return at.point if at else ""


def _entry(factor: RiskFactor, published: Evidence) -> Json:
    evidence = "; ".join(filter(None, (*map(_dated, factor.measures), factor.reason, _published(published))))
    entry: Json = {"factor": factor.name, "state": str(factor.state), "evidence": evidence}
    return entry | ({"source": list(factor.sources)} if factor.sources else {})


def _dated(measure: Measure) -> str:
    time = f" ({measure.time.astimezone(UTC):%Y-%m-%dT%H:%MZ})" if measure.time else ""
    return f"{measured_text(measure)}{time}"


def _published(row: Evidence) -> str:
    said = row.provenance
    text = "; ".join(filter(None, (row.effect, row.caution)))
    return f"{text} [{said.source}{'' if said.verified else ', not verified'}]"
