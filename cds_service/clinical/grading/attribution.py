"""What else may explain a finding (rules A2, A3 and A5)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart

HAEMORRHAGE = "intracranial-haemorrhage"
LATE = "late"
NONE = "none"


class Cause(NamedTuple):
    """A documented other cause: the domains it explains. `text` is what the record says (a code or free text)."""

    text: str
    explains: frozenset[str]
    time: datetime
    source: str


def causes_at(chart: Chart, moment: datetime) -> list[Cause]:
    """The documented other causes that are current, oldest first (rule A3)."""
    rules = chart.rules.decisions.other_cause
    if not chart.of("other-cause") and not chart.of("neuroimaging"):
        return []
    recorded = chart.of("other-cause").within(rules.current, moment)
    ended = max((record.time for record in recorded if record.value == NONE), default=None)
    causes = [
        Cause(str(record.value), rules.explains.get(str(record.value), rules.unlisted), record.time, record.source)
        for record in recorded
        if record.value != NONE and (ended is None or record.time >= ended)
    ]
    return causes + _haemorrhages(chart, moment)


def is_late(chart: Chart, moment: datetime) -> bool:
    """Whether so long has passed since the last dose that ICANS is unlikely (rule A5)."""
    if chart.course is None:
        return False
    day = chart.course.last_dose(moment).day_at(moment, chart.facts.zone)
    return day >= chart.rules.decisions.late.explained_from_day


def _haemorrhages(chart: Chart, moment: datetime) -> list[Cause]:
    """Imaging with haemorrhage that no later normal imaging followed."""
    rules = chart.rules.decisions.other_cause
    imaging = chart.of("neuroimaging").within(rules.haemorrhage, moment)
    normal = max((record.time for record in imaging if record.value == "normal"), default=None)
    return [
        Cause(HAEMORRHAGE, rules.explains[HAEMORRHAGE], record.time, record.source)
        for record in imaging
        if record.value == HAEMORRHAGE and (normal is None or record.time >= normal)
    ]
