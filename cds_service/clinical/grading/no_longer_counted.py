"""Findings of this course that have left their window: shown with their time, never as "none recorded" (rule D7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import DOMAINS, IMAGING, MOTOR, RAISED_ICP, SEIZURE
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading import seizure, signs
from cds_service.clinical.tables.grade import NONE


class PastFinding(NamedTuple):
    """The newest record of a domain, as a code, that counted once and is too old now."""

    domain: str
    concept: str
    value: str
    time: datetime


def no_longer_counted(chart: Chart, moment: datetime) -> tuple[PastFinding, ...]:
    """Seizures, motor findings, signs of raised pressure and oedema; in the order of the domains."""
    return (*_seizure(chart, moment), *_signs(chart, moment))


def _seizure(chart: Chart, moment: datetime) -> Iterator[PastFinding]:
    seizures = [one for one in chart.seizures.until(moment) if one.kind != seizure.NONE]
    if seizures and moment - seizures[-1].time > chart.rules.decisions.current.seizure:
        yield PastFinding(SEIZURE, SEIZURE, seizures[-1].kind, seizures[-1].time)


def _signs(chart: Chart, moment: datetime) -> Iterator[PastFinding]:
    grading, history_after = chart.rules.grading, chart.rules.decisions.persisting.history_after
    tables = {MOTOR: grading.motor, RAISED_ICP: grading.raised_icp, IMAGING: grading.imaging}
    for domain, worth in tables.items():
        (concept,) = DOMAINS[domain]
        found = _newest(chart, domain, concept, worth, moment)
        if found is not None and moment - found.time > history_after:
            yield PastFinding(domain, concept, str(found.value), found.time)


def _newest(chart: Chart, domain: str, concept: str, worth: Collection[str], moment: datetime) -> Record | None:
    """What would still hold, were it not too old."""
    track = chart.of(concept)
    if domain != IMAGING:
        return signs.newest_sign(track, moment, worth)
    found = signs.newest_imaging(track, moment, chart.rules.grading.imaging)
    return None if found is None or chart.rules.grading.imaging[str(found.value)] == NONE else found
