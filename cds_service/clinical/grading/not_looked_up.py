"""Drugs whose records cannot be read where a rule would look at that time: what is not checked (rule T8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.unread import UnreadDrug
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.tables.advice import TOCILIZUMAB


def unread_sedation(chart: Chart, icans: Icans) -> tuple[str, ...]:
    """Sedatives and blockers of the last hour, and of the two hours before each reading that decides (A1, A2)."""
    rules, drugs = chart.rules.decisions.sedation, chart.rules.drugs
    scored = (domain.time for domain in (icans.score, icans.arousal) if domain is not None)
    before = [(time - rules.single_dose, time) for time in scored if time is not None]
    last_hour = (icans.time - rules.ended, icans.time)
    found = (
        one.drug
        for one in _records(chart, drugs.sedatives | drugs.neuromuscular_blockers)
        if any(one.touches(*window) for window in before)
        or ((one.infusion or one.drug in drugs.neuromuscular_blockers) and one.touches(*last_hour))
    )
    return tuple(dict.fromkeys(found))


def unread_vasopressors(chart: Chart, moment: datetime) -> tuple[str, ...]:
    """Vasopressors that may be infused now or until shortly before (C2)."""
    since = moment - chart.rules.decisions.current.vasopressor_ended
    records = _records(chart, chart.rules.grading.crs.hypotension.vasopressors)
    return tuple(dict.fromkeys(one.drug for one in records if one.infusion and one.touches(since, moment)))


def certain_vasopressors(chart: Chart, moment: datetime) -> tuple[str, ...]:
    """Those given at an uncertain time, of which every moment lies in that window: they count (C2)."""
    since = moment - chart.rules.decisions.current.vasopressor_ended
    records = _records(chart, chart.rules.grading.crs.hypotension.vasopressors)
    return tuple(dict.fromkeys(one.drug for one in records if one.infusion and one.is_within(since, moment)))


def unread_fever_treatments(chart: Chart, fever: datetime, moment: datetime) -> tuple[str, ...]:
    """What takes away fever and may have been given after a fever, or still run after it (C1)."""
    return tuple(dict.fromkeys(one.drug for one in _fever_drugs(chart) if _after(one, fever, moment)))


def is_fever_treated(chart: Chart, fever: datetime, moment: datetime) -> bool:
    """Whether one of these was given at an uncertain time, of which every moment lies after the fever."""
    return any(_after(one, fever, moment) and _is_all_after(one, fever, moment) for one in _fever_drugs(chart))


def unread_tocilizumab(chart: Chart, moment: datetime) -> tuple[str, ...]:
    """Tocilizumab that may belong to this course; without a known therapy, any (C5)."""
    start = chart.course.start if chart.course else None
    return tuple(one.drug for one in _records(chart, (TOCILIZUMAB,)) if one.touches(start, moment))


def _records(chart: Chart, names: Collection[str]) -> Iterator[UnreadDrug]:
    return (one for one in chart.facts.unread_drugs if one.drug in names)


def _fever_drugs(chart: Chart) -> Iterator[UnreadDrug]:
    rules, steroids = chart.rules.decisions.crs, chart.rules.drugs.corticosteroids
    yield from _records(chart, rules.antipyretics | rules.anticytokines)
    yield from (one for one in _records(chart, steroids) if one.systemic)


def _after(one: UnreadDrug, fever: datetime, moment: datetime) -> bool:
    return one.touches(fever, moment) and one.latest != fever


def _is_all_after(one: UnreadDrug, fever: datetime, moment: datetime) -> bool:
    return one.given and one.earliest is not None and fever < one.earliest <= moment
