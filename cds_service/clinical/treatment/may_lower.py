"""Drugs that may lower ICE and arousal; they do not change the grade (rule A1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.treatment.steroids import is_recent


class MayLower(NamedTuple):
    """A drug and when it was last given: the end of an infusion, or its start while it is running, if that is known.

    `worn_off`: a sedative that no longer sedates.
    """

    drug: Drug
    last: datetime
    running: bool
    start_known: bool = True
    worn_off: bool = False


def may_lower(chart: Chart, now: Icans) -> tuple[MayLower, ...]:
    """Opioids, antipsychotics and antiseizure drugs of the last 24 h; sedatives that ran shortly before a reading."""
    drugs, span = chart.rules.drugs, chart.rules.decisions.steroids.running
    names = drugs.opioids | drugs.antipsychotics | drugs.antiseizure
    given = chart.administrations.until(now.time)
    recent = [dose for dose in given if dose.drug in names and is_recent(dose, now.time, span)]
    newest: dict[str, MayLower] = {}
    worn_off = (_last_given(dose)._replace(worn_off=True) for dose in _worn_off(chart, given, now))
    for one in (*map(_last_given, recent), *worn_off):
        newest[one.drug] = max(newest.get(one.drug, one), one, key=lambda known: (known.running, known.last))
    return tuple(newest.values())


def _last_given(dose: Administration) -> MayLower:
    return MayLower(dose.drug, dose.end or dose.time, dose.end is None, dose.start_known)


def _worn_off(chart: Chart, given: Iterable[Administration], now: Icans) -> Iterator[Administration]:
    """Infusions of sedatives that ended a few hours before the score or reading of arousal that decides the grade."""
    rules, sedatives = chart.rules.decisions.sedation, chart.rules.drugs.sedatives
    readings = [domain.time for domain in (now.score, now.arousal) if domain and domain.time and domain.range.lo]
    for dose in given:
        end = dose.end if dose.infusion and dose.drug in sedatives else None
        if end and any(rules.ended <= reading - end <= rules.may_lower_until for reading in readings):
            yield dose
