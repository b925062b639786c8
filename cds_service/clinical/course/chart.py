"""One patient's record in order of time, as the rules read it (rules T4 and A1).

This course is kept separate from what came before, and scores taken under sedation are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from cds_service.clinical.course import assessment, baseline, consciousness, doubt
from cds_service.clinical.course.assessment import Assessment
from cds_service.clinical.course.concepts import (
    CAPD,
    CONSCIOUSNESS,
    CONTEXT_CONCEPTS,
    DOMAIN_CONCEPTS,
    DOMAINS,
    ICE,
    IMAGING,
    MOTOR,
    RAISED_ICP,
    DomainName,
)
from cds_service.clinical.course.consciousness import Gcs, Reading
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.course.sedation import Sedation
from cds_service.clinical.course.therapy import Course, Dose, current_course, doses_known, local_date
from cds_service.clinical.facts.patient import Administration, PatientFacts, Record, Seizure
from cds_service.clinical.facts.track import Track, _Timed
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.names import Concept

T = TypeVar("T", bound=_Timed)


@dataclass(frozen=True, slots=True)
class Chart:
    """The input of ICANS and CRS grading and of the history: this course only, except for doses, baseline and drugs."""

    facts: PatientFacts
    rules: Rules
    doses: tuple[Dose, ...]
    course: Course | None
    dose_days: frozenset[date]
    sedation: Sedation
    assessments: Mapping[DomainName, Track[Assessment]]
    baseline: Mapping[DomainName, Assessment | None]
    not_performed: Mapping[DomainName, Track[Record]]
    doubts: Mapping[DomainName, Track[Doubt]]
    readings: Track[Reading]
    glasgow: Track[Gcs]
    seizures: Track[Seizure]
    administrations: Track[Administration]
    records: Mapping[Concept, Track[Record]]
    score_times: tuple[datetime, ...]
    arousal_times: tuple[datetime, ...]
    domain_times: tuple[datetime, ...]
    awake_times: tuple[datetime, ...]
    context_times: tuple[datetime, ...]

    def of(self, concept: Concept) -> Track[Record]:
        """The records of one concept in this course."""
        return self.records.get(concept, _NOTHING)

    @property
    def assessment_window(self) -> timedelta:
        """How long a score, a reading of arousal or a symptom remains current (rule T6)."""
        current = self.rules.decisions.current
        return current.assessment_ambulatory if self.facts.ambulatory else current.assessment

    def is_dose_day(self, moment: datetime) -> bool:
        """Whether a dose was given on that day at an unknown time, because only its date is recorded (rule T5)."""
        return bool(self.dose_days) and local_date(moment, self.facts.zone) in self.dose_days


_NOTHING: Track[Record] = Track()


def open_chart(facts: PatientFacts, as_of: datetime, rules: Rules, *, other_scales: bool) -> Chart:
    """Index a patient's facts once, for every moment that is graded; the course is the one at `as_of`."""
    doses = doses_known(facts, as_of, rules.decisions)
    course = current_course(doses, rules.decisions.therapy)
    sift = _Sift(facts, course, rules)
    scores = _scores(sift, doses)
    glasgow_known = consciousness.gcs_records(facts, rules.decisions.consciousness.gcs)
    glasgow = Track(sift.awake(glasgow_known))
    readings = consciousness.readings(facts, glasgow, other_scales=other_scales)
    findings = {concept: Track(sift.in_course(records)) for concept, records in facts.records.items()}
    seizures = Track(sift.in_course(facts.seizures))
    score_times = _times(findings, (*rules.grading.ice.items, assessment.ICE_TOTAL, assessment.CAPD_TOTAL))
    return Chart(
        facts=facts,
        rules=rules,
        doses=doses,
        course=course,
        dose_days=_dose_days(facts, course),
        sedation=sift.sedation,
        assessments={ICE: scores.ice, CAPD: scores.capd},
        baseline=scores.baseline,
        not_performed={name: Track(sift.awake(_refusals(facts, name))) for name in (ICE, CAPD)},
        doubts=_doubts(sift, scores, glasgow),
        readings=Track(sift.awake(readings)),
        glasgow=glasgow,
        seizures=seizures,
        administrations=Track(facts.administrations),
        records=findings,
        score_times=score_times,
        arousal_times=tuple(sorted(_arousal_times(sift, glasgow_known))),
        domain_times=tuple(sorted({*score_times, *_times(findings, DOMAIN_CONCEPTS), *seizures.times})),
        awake_times=_awake_times(sift, findings, seizures),
        context_times=_times(findings, CONTEXT_CONCEPTS),
    )


def _dose_days(facts: PatientFacts, course: Course | None) -> frozenset[date]:
    """The days of this course with a dose that is recorded by date only."""
    doses = course.doses if course else ()
    return frozenset(local_date(dose.time, facts.zone) for dose in doses if dose.date_only)


class _Sift:
    """Separates records of this course from older ones, and those made awake from those made under sedation."""

    def __init__(self, facts: PatientFacts, course: Course | None, rules: Rules) -> None:
        self.facts = facts
        self.rules = rules
        self.start = course.start if course else None
        self.sedation = Sedation(facts.administrations, rules.drugs, rules.decisions.sedation)

    def in_course(self, records: Iterable[T]) -> list[T]:
        """The records that are not strictly earlier than the course."""
        start = self.start
        return list(records) if start is None else [record for record in records if record.time >= start]

    def awake(self, records: Iterable[T]) -> list[T]:
        """The records made in this course while the patient was not sedated."""
        return [record for record in self.in_course(records) if not self.sedation.at(record.time)]

    def before(self, records: Iterable[T]) -> list[T]:
        """The records made awake before the course; none if no therapy is known."""
        start = self.start
        if start is None:
            return []
        return [record for record in records if record.time < start and not self.sedation.at(record.time)]


class _Scores(NamedTuple):
    """ICE and CAPD of this course, and the baseline of each."""

    ice: Track[Assessment]
    capd: Track[Assessment]
    baseline: Mapping[DomainName, Assessment | None]


def _scores(sift: _Sift, doses: Sequence[Dose]) -> _Scores:
    grading, decisions = sift.rules.grading, sift.rules.decisions
    concepts, facts = (assessment.ICE_TOTAL, *grading.ice.items), sift.facts
    ice_records = [record for concept in concepts for record in facts.of(concept)]
    ice_ever = [record for concept in concepts for record in facts.ever(concept)]

    def ice_of(records: list[Record]) -> Track[Assessment]:
        return assessment.ice_assessments(records, grading.ice, decisions.ice)

    def capd_of(records: list[Record]) -> Track[Assessment]:
        return assessment.capd_assessments(records, decisions.ice)

    before = {
        ICE: baseline.ice_baseline(sift.before(ice_ever), sift.start, doses, sift.rules),
        CAPD: baseline.capd_baseline(sift.before(facts.ever(assessment.CAPD_TOTAL)), sift.start, decisions),
    }
    capd_records = facts.of(assessment.CAPD_TOTAL)
    return _Scores(ice_of(sift.awake(ice_records)), capd_of(sift.awake(capd_records)), before)


def _arousal_times(sift: _Sift, glasgow: Iterable[Gcs]) -> Iterable[datetime]:
    """The times at which arousal was assessed, on any scale and also under sedation."""
    readings = consciousness.readings(sift.facts, glasgow, other_scales=True)
    return (reading.time for reading in sift.in_course(readings))


def _refusals(facts: PatientFacts, instrument: DomainName) -> Iterable[Record]:
    """The reasons why no score was taken; being unarousable is a reading of consciousness instead (rule D1)."""
    records = facts.of(consciousness.NOT_PERFORMED[instrument])
    return (record for record in records if record.value != consciousness.UNAROUSABLE)


def _doubts(sift: _Sift, scores: _Scores, glasgow: Track[Gcs]) -> dict[DomainName, Track[Doubt]]:
    """For each instrument, the signs that put its scores in doubt."""
    rules = sift.rules.decisions
    symptoms = sift.in_course(doubt.symptom_doubts(sift.facts, rules.doubt))
    signs = sift.awake(doubt.reading_doubts(sift.facts, glasgow, rules.doubt))
    bad_ice, bad_capd = doubt.wrong_instrument_doubts(scores.ice, scores.capd, sift.rules.grading.ice, rules.capd)
    common = [*symptoms, *signs]
    return {ICE: Track([*common, *bad_capd]), CAPD: Track([*common, *bad_ice])}


def _awake_times(
    sift: _Sift, findings: Mapping[Concept, Track[Record]], seizures: Track[Seizure]
) -> tuple[datetime, ...]:
    """The times of records in a domain that sedation does not invalidate (rule A1)."""
    scored = _times(findings, (concept for name in (ICE, CAPD, CONSCIOUSNESS) for concept in DOMAINS[name]))
    events = _times(findings, (concept for name in (MOTOR, RAISED_ICP, IMAGING) for concept in DOMAINS[name]))
    awake = (time for time in scored if not sift.sedation.at(time))
    return tuple(sorted({*awake, *events, *seizures.times}))


def _times(findings: Mapping[Concept, Track[Record]], concepts: Iterable[Concept]) -> tuple[datetime, ...]:
    tracks = (findings[concept] for concept in concepts if concept in findings)
    return tuple(sorted({time for track in tracks for time in track.times}))
