"""Other causes that may explain a finding (rules A2, A3 and A5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import CAPD, CONSCIOUSNESS, DOCUMENTED_CAUSE, ICE, NEUROIMAGING, DomainName
from cds_service.clinical.course.therapy_so_far import unread_therapies
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.decision_rules import OtherCauseRules

HAEMORRHAGE = "intracranial-haemorrhage"
NONE = "none"
DULLED_BY_SEDATIVES = (ICE, CONSCIOUSNESS)


class CauseKind(StrEnum):
    """How another cause is known.

    LISTED: a code in the record. QUOTED: a clinician's own words. SEDATIVE: a single dose of a drug. LATE: the time
    since the therapy. BASELINE: the score was no better before the therapy.
    """

    LISTED = "listed"
    QUOTED = "quoted"
    SEDATIVE = "sedative"
    LATE = "late"
    BASELINE = "baseline"


class Cause(NamedTuple):
    """Another cause of a finding: its code, the wording of the record, or the drug."""

    kind: CauseKind
    name: str


class DocumentedCause(NamedTuple):
    """A cause on record, and the domains that it explains."""

    cause: Cause
    explains: frozenset[str]
    time: datetime
    source: str


LATE = Cause(CauseKind.LATE, "late")
BASELINE = Cause(CauseKind.BASELINE, "baseline")
BLEEDING = Cause(CauseKind.LISTED, HAEMORRHAGE)


def causes_at(chart: Chart, moment: datetime) -> list[DocumentedCause]:
    """The documented other causes that are current, oldest first (rule A3)."""
    rules = chart.rules.decisions.other_cause
    if not chart.of(DOCUMENTED_CAUSE) and not chart.of(NEUROIMAGING):
        return []
    recorded = chart.of(DOCUMENTED_CAUSE).within(rules.current, moment)
    ended = max((record.time for record in recorded if record.value == NONE), default=None)
    current = (record for record in recorded if record.value != NONE and (ended is None or record.time >= ended))
    return [*(_documented(record, rules) for record in current), *_haemorrhages(chart, moment)]


def explaining(
    chart: Chart, domain: DomainName, found: datetime | None, causes: Iterable[DocumentedCause]
) -> tuple[Cause, ...]:
    """The causes that may explain a domain, each once: documented ones, and a sedative shortly before (rule A2)."""
    name = ICE if domain == CAPD else domain
    named = [known.cause for known in causes if name in known.explains]
    if name in DULLED_BY_SEDATIVES and found:
        dose = chart.sedation.single_dose_before(found, chart.rules.decisions.sedation.single_dose)
        named += [Cause(CauseKind.SEDATIVE, dose.drug)] if dose else []
    return tuple(dict.fromkeys(named))


def is_late(chart: Chart, moment: datetime) -> bool:
    """Whether so much time has passed since the last dose that ICANS is unlikely (rule A5)."""
    if chart.course is None or any(one.is_known_at(moment) for one in unread_therapies(chart)):
        return False
    day = chart.course.last_dose(moment).day_at(moment, chart.facts.zone)
    return day >= chart.rules.decisions.late.explained_from_day


def _documented(record: Record, rules: OtherCauseRules) -> DocumentedCause:
    name = str(record.value)
    cause = Cause(CauseKind.QUOTED if record.quoted else CauseKind.LISTED, name)
    explained = rules.unlisted if record.quoted else rules.explains.get(name, rules.unlisted)
    return DocumentedCause(cause, explained, record.time, record.source)


def _haemorrhages(chart: Chart, moment: datetime) -> list[DocumentedCause]:
    """Imaging that shows haemorrhage and has not been followed by normal imaging."""
    rules = chart.rules.decisions.other_cause
    imaging = chart.of(NEUROIMAGING).within(rules.haemorrhage, moment)
    normal = max((record.time for record in imaging if record.value == "normal"), default=None)
    return [
        DocumentedCause(BLEEDING, rules.explains[HAEMORRHAGE], record.time, record.source)
        for record in imaging
        if record.value == HAEMORRHAGE and (normal is None or record.time >= normal)
    ]
