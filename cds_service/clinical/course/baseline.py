"""Scores from before the therapy: the baseline of ICE (rule A7) and of CAPD (rule D3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cds_service.clinical.course.assessment import Assessment, best_ice, capd_assessments
from cds_service.clinical.course.therapy import Dose
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.decision_rules import DecisionRules
from cds_service.clinical.tables.guideline import Rules


def ice_baseline(
    earlier: Iterable[Record], start: datetime | None, doses: Sequence[Dose], rules: Rules
) -> Assessment | None:
    """The newest ICE of the days before this course and after any earlier one, at its best; None if there is none."""
    if start is None:
        return None
    decisions = rules.decisions
    gap, look_back = decisions.therapy.course_gap, decisions.baseline.look_back
    treated = [dose.time for dose in doses if dose.time < start]
    usable = (record for record in earlier if start - record.time <= look_back)
    untreated = [record for record in usable if not any(time <= record.time <= time + gap for time in treated)]
    return best_ice(untreated, rules.grading.ice, decisions.ice)


def capd_baseline(earlier: Iterable[Record], start: datetime | None, rules: DecisionRules) -> Assessment | None:
    """The newest CAPD of the days before the course; the lower if two have the same time."""
    if start is None:
        return None
    usable = [record for record in earlier if start - record.time <= rules.baseline.look_back]
    newest = max((record.time for record in usable), default=None)
    together = [record for record in usable if record.time == newest]
    best = [min(together, key=lambda record: record.value)] if together else []
    return next(iter(capd_assessments(best, rules.ice)), None)
