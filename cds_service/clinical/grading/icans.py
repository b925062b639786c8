"""The ICANS grade at a moment, from what was recorded by then (rules D1-D6, A1-A5 and A7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cds_service.clinical.course import current_signs, instrument
from cds_service.clinical.course.assessment import Assessment, apart
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import (
    CONSCIOUSNESS,
    DEVELOPMENTAL_DELAY,
    ICE,
    IMAGING,
    MOTOR,
    MOTOR_FINDING,
    NEUROIMAGING,
    RAISED_ICP,
    RAISED_ICP_SIGN,
    SEIZURE,
    DomainName,
)
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.course.sedation import Spell
from cds_service.clinical.grading import attribution, seizure, signs
from cds_service.clinical.grading.arousal import arousal_range, current_readings
from cds_service.clinical.grading.attribution import Cause, DocumentedCause
from cds_service.clinical.grading.domain import Concern, Domain, Icans, is_normal, score_range
from cds_service.clinical.grading.unread_findings import with_unread
from cds_service.clinical.tables.grade import NONE, Range, worst
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.vocabulary import Refusal


def explains_ice(chart: Chart, moment: datetime) -> bool:
    """Whether the newest ICE is no lower than the baseline, nor than any earlier one in this course."""
    before, rules = chart.baseline[ICE], chart.rules
    if before is None or not rules.decisions.baseline.unusable_up_to < before.high < rules.grading.ice.maximum:
        return False
    scores = [one.low for one in apart(chart.assessments[ICE], moment)]
    return bool(scores) and scores[0] >= max(before.high, *scores)


def is_unusable(chart: Chart, moment: datetime) -> bool:
    """Whether the baseline ICE was so low that no ICE of this course is informative."""
    before, limit = chart.baseline[ICE], chart.rules.decisions.baseline.unusable_up_to
    if before is None or before.high > limit:
        return False
    return all(one.low <= limit for one in apart(chart.assessments[ICE], moment))


def icans_at(chart: Chart, moment: datetime) -> Icans:
    """The ICANS grade at `moment`, which may be the present or any earlier time of the course."""
    spell = chart.sedation.at(moment)
    domains = [
        _score(chart, moment, spell),
        consciousness_at(chart, moment),
        seizure_at(chart, moment),
        _motor(chart, moment, spell),
        _sign(chart, moment, RAISED_ICP, RAISED_ICP_SIGN, chart.rules.grading.raised_icp),
        _imaging(chart, moment),
    ]
    if chart.facts.unread_findings:
        domains = [with_unread(chart, moment, domain) for domain in domains]
    return Icans.of(moment, _with_causes(chart, moment, domains))


def instrument_at(chart: Chart, moment: datetime) -> DomainName | None:
    """ICE or CAPD; None if the birth date leaves both possible and the record does not settle it (rule T7)."""
    age = instrument.age_at(chart.facts.birth, moment, chart.facts.zone)
    delay = [record for record in chart.facts.of(DEVELOPMENTAL_DELAY) if record.time <= moment]
    delayed = bool(delay and delay[-1].value)
    by_age = instrument.instrument_by_age(age, delayed=delayed, table=chart.rules.grading.capd)
    if by_age is not None:
        return by_age
    tracks = chart.assessments.items()
    current = [name for name, track in tracks if track.within(chart.assessment_window, moment)]
    return instrument.instrument_used(current or [name for name, track in tracks if track.newest(moment)])


def is_of_two_instruments(chart: Chart, icans: Icans) -> bool:
    """Whether a score of each is current and only the birth date says which counts: another would not (rule G5)."""
    tracks = chart.assessments.values()
    undecided = icans.score is not None and icans.score.concern is Concern.BIRTH_DATE
    return undecided and all(track.within(chart.assessment_window, icans.time) for track in tracks)


def _score(chart: Chart, moment: datetime, spell: Spell | None) -> Domain:
    """ICE or CAPD (rules D1-D3)."""
    name = instrument_at(chart, moment)
    unknown = chart.rules.decisions.ice.unknown
    if spell:
        return Domain(name or ICE, unknown, concern=Concern.SEDATED)
    if name is None:
        used = any(track.newest(moment) for track in chart.assessments.values())
        return Domain(ICE, unknown, concern=Concern.BIRTH_DATE if used else Concern.NOT_RECORDED)
    newest = chart.assessments[name].newest(moment)
    if newest is None:
        return Domain(name, unknown, concern=Concern.NOT_RECORDED)
    graded = score_range(chart, name, newest)
    scored = Domain(name, graded, newest.points, newest.time, newest.source)
    if moment - newest.time > chart.assessment_window:
        return scored._replace(range=unknown, concern=Concern.STALE)
    if name == ICE and is_unusable(chart, moment):
        return scored._replace(range=unknown, concern=Concern.BASELINE)
    may_be_older = not graded.lo and graded.hi and newest.low == newest.high
    return _doubted(chart, scored, newest, moment) or scored._replace(
        concern=Concern.DOSE_DAY if may_be_older else None
    )


def _doubted(chart: Chart, scored: Domain, score: Assessment, moment: datetime) -> Domain | None:
    """The range of a score, widened if a later sign puts it in doubt."""
    doubted = scored._replace(range=scored.range.doubted(chart.rules.decisions.ice.unknown.hi))
    if doubt := _doubt(chart, scored.name, score, moment):
        return doubted._replace(concern=Concern.DOUBTED, doubt=doubt)
    refused = chart.not_performed[scored.name].newest(moment)
    if refused and refused.time > score.time:
        return doubted._replace(concern=Concern.NOT_PERFORMED, refusal=Refusal(str(refused.value)))
    return None


def _doubt(chart: Chart, name: DomainName, score: Assessment, moment: datetime) -> Doubt | None:
    """The first sign that the patient may be worse than a score indicates: after it, or beside a normal one."""
    beside = score.time - chart.rules.decisions.doubt.beside_normal if is_normal(chart, name, score) else None
    known = chart.doubts[name].until(moment)
    signs = (one for one in known if one.time > score.time or (beside is not None and one.time >= beside))
    return next((one for one in signs if current_signs.counts(chart, name, moment, one)), None)


def consciousness_at(chart: Chart, moment: datetime) -> Domain:
    """Rule D4."""
    rules = chart.rules.decisions.consciousness
    if chart.sedation.at(moment):
        return Domain(CONSCIOUSNESS, rules.unknown, concern=Concern.SEDATED)
    without_speech = current_signs.no_common_language(chart, instrument_at(chart, moment), moment)
    together = [
        (arousal_range(chart, reading, without_speech=without_speech), reading)
        for reading in current_readings(chart, moment)
    ]
    if not together:
        newest = chart.readings.newest(moment)
        if newest is None:
            return Domain(CONSCIOUSNESS, rules.unknown, concern=Concern.NOT_RECORDED)
        return Domain(
            CONSCIOUSNESS, rules.unknown, newest.value, newest.time, newest.source, newest.scale, concern=Concern.STALE
        )
    graded = worst(allowed for allowed, _ in together)
    _, reading = max(together, key=lambda one: (one[0].lo, one[1].time))
    return Domain(CONSCIOUSNESS, graded, reading.value, reading.time, reading.source, reading.scale)


def seizure_at(chart: Chart, moment: datetime) -> Domain:
    """Rule D5; with nothing recorded the grade is 0 and the concern "none recorded"."""
    if not chart.seizures:
        return _NO_SEIZURE
    table, rules = chart.rules.grading.seizure, chart.rules.decisions
    seizures = seizure.events(chart.seizures.within(rules.current.seizure, moment), table, rules.seizure.one_event)
    if not seizures:
        return _NO_SEIZURE
    event = max(seizures, key=lambda one: (one.range, one.first.time))
    value = seizure.described(event, len(seizures))
    return Domain(SEIZURE, seizure.range_of(seizures, table), value, event.first.time, event.first.source)


def _motor(chart: Chart, moment: datetime, spell: Spell | None) -> Domain:
    """Rule D6; under a neuromuscular blocker motor findings are unknown (rule A1)."""
    domain = _sign(chart, moment, MOTOR, MOTOR_FINDING, chart.rules.grading.motor)
    if spell and spell.blocker:
        return domain._replace(
            range=Range(0, chart.rules.decisions.sedation.motor_under_blocker), concern=Concern.SEDATED
        )
    return domain


def _sign(chart: Chart, moment: datetime, name: DomainName, concept: Concept, worth: Mapping[str, Range]) -> Domain:
    track = chart.of(concept)
    if not track:
        return _NOTHING_RECORDED[name]
    rules = chart.rules.decisions.persisting
    return _persisting_domain(
        name, signs.persisting_sign(track, moment, worth, rules) or signs.shown(track, moment, rules)
    )


def _imaging(chart: Chart, moment: datetime) -> Domain:
    track = chart.of(NEUROIMAGING)
    if not track:
        return _NOTHING_RECORDED[IMAGING]
    worth, rules = chart.rules.grading.imaging, chart.rules.decisions.persisting
    persisting = signs.persisting_imaging(track, moment, worth, rules) or signs.shown(track, moment, rules)
    return _persisting_domain(IMAGING, persisting)


def _persisting_domain(name: DomainName, persisting: signs.PersistingSign | None) -> Domain:
    if persisting is None:
        return _NOTHING_RECORDED[name]
    record = persisting.record
    return Domain(name, persisting.range, str(record.value), record.time, record.source, concern=persisting.concern)


_NO_SEIZURE = Domain(SEIZURE, NONE)
_NOTHING_RECORDED = {name: Domain(name, NONE) for name in (MOTOR, RAISED_ICP, IMAGING)}


def _with_causes(chart: Chart, moment: datetime, domains: Sequence[Domain]) -> Iterable[Domain]:
    """Each domain with the causes that may explain it; a domain at 0 needs no explanation (rule A4)."""
    if not any(domain.range.lo for domain in domains):
        yield from domains
        return
    late = attribution.is_late(chart, moment)
    causes = [] if late else attribution.causes_at(chart, moment)
    for domain in domains:
        yield domain._replace(explained_by=_explaining(chart, moment, domain, causes, late=late))


def _explaining(
    chart: Chart, moment: datetime, domain: Domain, causes: Sequence[DocumentedCause], *, late: bool
) -> tuple[Cause, ...]:
    """Rules A2, A3, A5 and A7."""
    if not domain.range.lo:
        return ()
    found = (attribution.LATE,) if late else attribution.explaining(chart, domain.name, domain.time, causes)
    as_before = domain.name == ICE and domain.concern is None and explains_ice(chart, moment)
    return (*found, attribution.BASELINE) if as_before else found
