"""The gaps that grading met: what is missing for a grade, and which records could not be used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course import measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import (
    CAPD,
    DOMAINS,
    ICE,
    IMAGING,
    MOTOR,
    RAISED_ICP,
    SEIZURE,
    SEIZURE_KIND,
    DomainName,
    domain_of,
)
from cds_service.clinical.course.therapy import repeated_products
from cds_service.clinical.course.therapy_so_far import unread_products
from cds_service.clinical.facts.gap import (
    Gap,
    GapKind,
    InstrumentsUsed,
    Part,
    RepeatedProduct,
    UnknownAnswer,
    UnreadName,
    UnusableStatus,
)
from cds_service.clinical.facts.patient import Record, UnreadDrug
from cds_service.clinical.grading import icans as neuro
from cds_service.clinical.grading import seizure, signs
from cds_service.clinical.grading.domain import Concern, Icans
from cds_service.clinical.tables.advice import TOCILIZUMAB
from cds_service.clinical.tables.grade import NONE
from cds_service.clinical.tables.names import Concept, Drug


def unread_sedation(chart: Chart, icans: Icans) -> tuple[Drug, ...]:
    """Unreadable sedatives and blockers of the last hour, or of the two hours before each deciding reading (A1, A2)."""
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


def unknown_drugs(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Drugs without a known code that may have lowered an ICE or arousal that is low (A1, A2)."""
    rules, domains = chart.rules.decisions.sedation, (icans.score, icans.arousal)
    low = [one.time for one in domains if one is not None and one.range.lo and one.time is not None]
    before = [(time - rules.single_dose, time) for time in low]
    now = [(icans.time - rules.ended, icans.time)] if low else []
    known = chart.facts.unknown_drugs
    running = [one for one in known if one.infusion and any(one.touches(*window) for window in now)]
    given = [one for one in known if one not in running and any(one.touches(*window) for window in before)]
    for found, kind in ((running, Part.UNKNOWN_INFUSION), (given, Part.UNKNOWN_DOSE)):
        if found:
            yield Gap("sedation", GapKind.NOT_LOOKED_UP, len(found), kind)


def unread_vasopressors(chart: Chart, moment: datetime) -> tuple[Drug, ...]:
    """Unreadable vasopressors that may be infusing now or until shortly before (C2)."""
    since = moment - chart.rules.decisions.current.vasopressor_ended
    records = _records(chart, chart.rules.grading.crs.hypotension.vasopressors)
    return tuple(dict.fromkeys(one.drug for one in records if one.infusion and one.touches(since, moment)))


def certain_vasopressors(chart: Chart, moment: datetime) -> tuple[Drug, ...]:
    """Vasopressors given at an uncertain time that lies entirely within that window: they count (C2)."""
    since = moment - chart.rules.decisions.current.vasopressor_ended
    records = _records(chart, chart.rules.grading.crs.hypotension.vasopressors)
    return tuple(dict.fromkeys(one.drug for one in records if one.infusion and one.is_within(since, moment)))


def unread_fever_treatments(chart: Chart, fever: datetime, moment: datetime) -> tuple[Drug, ...]:
    """Unreadable treatments that lower fever and may have been given, or still have run, after a fever (C1)."""
    return tuple(dict.fromkeys(one.drug for one in _fever_drugs(chart) if _after(one, fever, moment)))


def is_fever_treated(chart: Chart, fever: datetime, moment: datetime) -> bool:
    """Whether such a treatment was given at an uncertain time that lies entirely after the fever."""
    return any(_after(one, fever, moment) and _is_all_after(one, fever, moment) for one in _fever_drugs(chart))


def unread_tocilizumab(chart: Chart, moment: datetime) -> tuple[Drug, ...]:
    """Unreadable tocilizumab doses that may belong to this course; any, if no therapy is known (C5)."""
    start = chart.course.start if chart.course else None
    return tuple(one.drug for one in _records(chart, (TOCILIZUMAB,)) if one.touches(start, moment))


def unread_corticosteroids(chart: Chart, moment: datetime) -> tuple[Drug, ...]:
    """Unreadable systemic corticosteroids that may, and do not certainly, belong to the last 24 h (E5)."""
    since = moment - chart.rules.decisions.steroids.running
    records = (one for one in _records(chart, chart.rules.drugs.corticosteroids) if one.systemic)
    return tuple(one.drug for one in records if one.touches(since, moment) and not one.is_within(since, moment))


def _records(chart: Chart, names: Collection[Drug]) -> Iterator[UnreadDrug]:
    return (one for one in chart.facts.unread_drugs if one.drug in names)


def _fever_drugs(chart: Chart) -> Iterator[UnreadDrug]:
    rules, steroids = chart.rules.decisions.crs, chart.rules.drugs.corticosteroids
    yield from _records(chart, rules.antipyretics | rules.anticytokines)
    yield from (one for one in _records(chart, steroids) if one.systemic)


def _after(one: UnreadDrug, fever: datetime, moment: datetime) -> bool:
    return one.touches(fever, moment) and one.latest != fever


def _is_all_after(one: UnreadDrug, fever: datetime, moment: datetime) -> bool:
    return one.given and one.earliest is not None and fever < one.earliest <= moment


REPORTED = {Concern.NOT_RECORDED: GapKind.NOT_RECORDED, Concern.STALE: GapKind.STALE}


def clinical_gaps(chart: Chart, icans: Icans) -> tuple[Gap, ...]:
    """The gaps that grading at this moment met."""
    return (
        *_domain_gaps(chart, icans),
        *_instrument_gaps(chart, icans),
        *_conflicts(chart, icans),
        *_therapy_gaps(chart),
        *_history_gaps(chart, icans),
        *_unread_gaps(chart, icans),
        *unknown_drugs(chart, icans),
        *_vital_sign_gaps(chart, icans),
    )


def charted_gaps(chart: Chart, moment: datetime) -> Iterator[Gap]:
    """The gaps of the record, without answers that nobody knows if something that is understood came after them."""
    for gap in chart.facts.gaps:
        if not isinstance(gap.detail, UnknownAnswer) or _is_last_word(chart, gap.concept, gap.detail, moment):
            yield gap


def _is_last_word(chart: Chart, concept: str, answer: UnknownAnswer, moment: datetime) -> bool:
    domain = domain_of(concept)
    concepts = next((concepts for name, concepts in DOMAINS.items() if name == domain), (Concept(concept),))
    read = (chart.of(one).newest(moment) for one in concepts if one != SEIZURE_KIND)
    times = [one.time for one in (*read, chart.seizures.newest(moment) if concept == SEIZURE else None) if one]
    return answer.time > max(times, default=datetime.min.replace(tzinfo=answer.time.tzinfo))


def not_understood(chart: Chart, name: str, since: datetime | None, moment: datetime) -> UnknownAnswer | None:
    """The newest answer in a domain, or of a concept, that was charted after a time and that nobody knows."""
    answers = (
        gap.detail
        for gap in charted_gaps(chart, moment)
        if isinstance(gap.detail, UnknownAnswer) and name in (gap.concept, domain_of(gap.concept))
    )
    later = (one for one in answers if since is None or one.time > since)
    return max(later, key=lambda one: one.time, default=None)


def _domain_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    for domain in icans.domains:
        if domain.concern in REPORTED and not not_understood(chart, domain.name, domain.time, icans.time):
            yield Gap(domain.name, REPORTED[domain.concern])


def _instrument_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Values of the other instrument, and a birth date that does not say which one it is (rule T7)."""
    mine = neuro.instrument_at(chart, icans.time)
    if mine is None:
        tracks = chart.assessments.values()
        both = any(track.newest(icans.time) for track in tracks)
        used = InstrumentsUsed.BOTH if both else InstrumentsUsed.NEITHER
        yield Gap("birth-date", GapKind.NOT_RECORDED, detail=used)
        return
    wrong = CAPD if mine == ICE else ICE
    values = chart.assessments[wrong].until(icans.time)
    if values:
        yield Gap(wrong, GapKind.WRONG_INSTRUMENT, len(values))
    if chart.facts.birth is None:
        yield Gap("birth-date", GapKind.NOT_RECORDED, detail=InstrumentsUsed(mine))


def _conflicts(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Different values recorded at nearly the same time, of which the worse was used."""
    for name, track in chart.assessments.items():
        newest = track.newest(icans.time)
        if newest and any(domain.name == name and domain.time == newest.time for domain in icans.domains):
            yield from (Gap(concept, GapKind.CONFLICT) for concept in newest.conflicting)


def _therapy_gaps(chart: Chart) -> Iterator[Gap]:
    unread = unread_products(chart)
    yield from (Gap("therapy", GapKind.RECORDED_NOT_READABLE, detail=one) for one in unread)
    if not chart.doses and not unread and chart.facts.therapy_checked:
        yield Gap("therapy", GapKind.NOT_RECORDED)
    for product in repeated_products(chart.doses, chart.rules):
        name = chart.rules.drugs.products[product].name
        yield Gap("therapy", GapKind.CONFLICT, detail=RepeatedProduct(product, name))


def _history_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """A course that began before the time that is looked back on (rule T4)."""
    if chart.course and icans.time - chart.course.start > chart.rules.decisions.record.history:
        yield Gap("history", GapKind.TRUNCATED)


def _unread_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    """Drugs whose records cannot be read, at times that a rule looks at (rule T8)."""
    drugs = {
        "sedation": unread_sedation(chart, icans),
        "vasopressor": unread_vasopressors(chart, icans.time),
        "tocilizumab": unread_tocilizumab(chart, icans.time),
        "corticosteroid": unread_corticosteroids(chart, icans.time),
    }
    for concept, names in drugs.items():
        yield from (Gap(concept, GapKind.NOT_LOOKED_UP, detail=UnreadName(name)) for name in dict.fromkeys(names))


def _vital_sign_gaps(chart: Chart, icans: Icans) -> Iterator[Gap]:
    for concept in (measurements.TEMPERATURE, measurements.SYSTOLIC, measurements.SATURATION, measurements.DEVICE):
        if not measurements.newest(chart, concept, icans.time) and not not_understood(chart, concept, None, icans.time):
            yield Gap(concept, GapKind.STALE if chart.of(concept).newest(icans.time) else GapKind.NOT_RECORDED)


KINDS = frozenset(
    {
        GapKind.UNREADABLE,
        GapKind.NOT_UNDERSTOOD,
        GapKind.UNUSABLE_STATUS,
        GapKind.UNKNOWN_UNIT,
        GapKind.IMPLAUSIBLE,
        GapKind.FUTURE,
    }
)
# The sender withdrew it, so there is nothing to look for.
WITHDRAWN = frozenset({UnusableStatus.ENTERED_IN_ERROR, UnusableStatus.CANCELLED})


class UnreadScore(StrEnum):
    """Why a recorded score could not be used."""

    UNREADABLE = "unreadable"
    IMPLAUSIBLE = "implausible"


class Unread(NamedTuple):
    """`domains`: those with a record that could not be used. `score`: set only if no score could be used at all."""

    domains: tuple[str, ...]
    score: UnreadScore | None


_SCORE = {
    GapKind.UNREADABLE: UnreadScore.UNREADABLE,
    GapKind.NOT_UNDERSTOOD: UnreadScore.UNREADABLE,
    GapKind.UNKNOWN_UNIT: UnreadScore.UNREADABLE,
    GapKind.IMPLAUSIBLE: UnreadScore.IMPLAUSIBLE,
}


def unread(icans: Icans, gaps: Iterable[Gap]) -> Unread:
    """The neurological records among the gaps that might have counted."""
    known = tuple(gaps)
    domains = (domain_of(gap.concept) for gap in known if is_unread(gap))
    return Unread(tuple(dict.fromkeys(filter(None, domains))), _unread_score(icans, known))


def is_unread(gap: Gap) -> bool:
    """Whether the gap is a neurological record that might have counted."""
    return gap.kind in KINDS and gap.detail not in WITHDRAWN and domain_of(gap.concept) is not None


def _unread_score(icans: Icans, gaps: Iterable[Gap]) -> UnreadScore | None:
    score = icans.score
    if score is None or score.time is not None:
        return None
    kinds = {gap.kind for gap in gaps if domain_of(gap.concept) == score.name}
    return next((score for kind, score in _SCORE.items() if kind in kinds), None)


class PastFinding(NamedTuple):
    """The newest finding of a domain, as a code, that used to count and is now too old."""

    domain: DomainName
    concept: str
    value: str
    time: datetime


def no_longer_counted(chart: Chart, moment: datetime) -> tuple[PastFinding, ...]:
    """Seizures, motor findings, signs of raised pressure and oedema that are too old, in the order of the domains."""
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


def _newest(
    chart: Chart, domain: DomainName, concept: Concept, worth: Collection[str], moment: datetime
) -> Record | None:
    """The finding that would still count if it were not too old."""
    track = chart.of(concept)
    if domain != IMAGING:
        return signs.newest_sign(track, moment, worth)
    found = signs.newest_imaging(track, moment, chart.rules.grading.imaging)
    return None if found is None or chart.rules.grading.imaging[str(found.value)] == NONE else found
