"""Records of seizures, signs and imaging that cannot be read: a doubt, never nothing (rules D5, D6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import DOMAINS, IMAGING, MOTOR, RAISED_ICP, SEIZURE, DomainName
from cds_service.clinical.facts.patient import UnreadFinding
from cds_service.clinical.grading.domain import Concern, Domain
from cds_service.clinical.grading.signs import WITHDRAWN, newest_imaging
from cds_service.clinical.tables.grade import worst

# In the order of the domains, each with the concept that its findings are recorded by.
FINDINGS = {name: DOMAINS[name][0] for name in (SEIZURE, MOTOR, RAISED_ICP, IMAGING)}


def unread_domains(chart: Chart, moment: datetime) -> tuple[DomainName, ...]:
    """The domains with a record of the time that counts, which cannot be read and which nothing later settles."""
    return tuple(name for name in FINDINGS if any(_of(chart, name, moment)))


def with_unread(chart: Chart, moment: datetime, domain: Domain) -> Domain:
    """A domain with the ceiling raised by what cannot be read; a concern that it has already stays."""
    if domain.name not in FINDINGS or not any(_of(chart, domain.name, moment)):
        return domain
    return domain._replace(
        range=domain.range.doubted(_most(chart, domain.name)), concern=domain.concern or Concern.UNREAD
    )


def _of(chart: Chart, name: DomainName, moment: datetime) -> Iterator[UnreadFinding]:
    known = [one for one in chart.facts.unread_findings if one.concept == FINDINGS[name]]
    if not known:
        return
    since, settled = moment - _window(chart, name), _settled(chart, name, moment)
    begin = max(since, chart.course.start) if chart.course else since
    for one in known:
        if one.touches(begin, moment) and not (settled and one.latest and one.latest < settled):
            yield one


def _window(chart: Chart, name: DomainName) -> timedelta:
    rules = chart.rules.decisions
    return rules.current.seizure if name == SEIZURE else rules.persisting.history_after


def _settled(chart: Chart, name: DomainName, moment: datetime) -> datetime | None:
    """When a readable record said what holds: that a sign is absent, or what imaging showed."""
    if name == SEIZURE:
        return None
    track = chart.of(FINDINGS[name])
    if name == IMAGING:
        newest = newest_imaging(track, moment, chart.rules.grading.imaging)
        return newest and newest.time
    return max((record.time for record in track.until(moment) if record.value == WITHDRAWN), default=None)


def _most(chart: Chart, name: DomainName) -> int:
    """The most that a finding of a domain is worth."""
    grading = chart.rules.grading
    tables = {MOTOR: grading.motor, RAISED_ICP: grading.raised_icp, IMAGING: grading.imaging}
    return grading.seizure.status_epilepticus.hi if name == SEIZURE else worst(tables[name].values()).hi
