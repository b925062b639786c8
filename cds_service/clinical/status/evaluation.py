"""Everything that is said about a patient at a moment: the one result of the clinical core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from cds_service.clinical.advice.offered import ConditionalAdvice, if_confirmed, offered
from cds_service.clinical.advice.profile import profile_of
from cds_service.clinical.advice.recommendations import Prompts, recommendations
from cds_service.clinical.advice.selection import Advice, PatientProfile, speaks_of_next_dose
from cds_service.clinical.course import charted
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.charted import ChartedGrade, charted_grade
from cds_service.clinical.course.current_signs import CurrentSigns, current_signs
from cds_service.clinical.course.therapy import ENGAGER, Dose
from cds_service.clinical.course.therapy_so_far import TherapySoFar, therapy_so_far
from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.received import Received, received
from cds_service.clinical.grading.comparison import Improved, ScoreComparison, compared_scores, improved_signs
from cds_service.clinical.grading.crs import UNKNOWN, Crs, crs_at
from cds_service.clinical.grading.crs_course import CrsCourse, crs_course
from cds_service.clinical.grading.gaps import clinical_gaps
from cds_service.clinical.grading.history import History, history_of
from cds_service.clinical.grading.icans import Icans, instrument_at
from cds_service.clinical.grading.open_domains import OpenDomain, open_domains
from cds_service.clinical.grading.unread import Unread, unread
from cds_service.clinical.look_alikes.summary import LookAlikes, look_alikes
from cds_service.clinical.risk.summary import Risk, risk_of
from cds_service.clinical.status import attention, urgency
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.urgency import Situation, Urgency
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.grade import UNGRADED
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.treatment.so_far import TreatmentSoFar, treatment_so_far


class Protocol(NamedTuple):
    """The tables in force and the site's choices about them."""

    rules: Rules
    management: tuple[Management, ...]
    labels: Management | None = None
    other_scales: bool = True

    @property
    def tables(self) -> tuple[Management, ...]:
        """All tables of advice: the site's own, guidelines, then the labels of the region."""
        return (*self.management, self.labels) if self.labels else self.management

    def label_of(self, product: str | None) -> ProductLabel | None:
        """A product's label in the region; None where it has none there."""
        return self.labels.label.get(product or "") if self.labels else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The grades of ICANS and CRS at `as_of`, the course, what is advised, and what is not known.

    `zone`: that of the ward. `language`: the patient's; empty where it is not known. `edition`: of the table that
    graded. `grade_before`: what `trend` compares the grade with. `crs_leads`: the CRS alone makes the status card
    critical; then it is named first.
    """

    as_of: datetime
    zone: tzinfo
    language: str
    deceased: bool
    received: Received
    therapy: TherapySoFar | None
    instrument: str | None
    edition: str
    history: History
    trend: str | None
    grade_before: int | None
    scores: ScoreComparison
    signs: CurrentSigns
    improved: tuple[Improved, ...]
    crs: Crs
    crs_course: CrsCourse
    charted_icans: ChartedGrade | None
    charted_crs: ChartedGrade | None
    next_assessment: datetime | None
    overdue: bool
    attention: Attention
    urgency: Urgency
    crs_leads: bool
    treatment: TreatmentSoFar
    profile: PatientProfile
    label: ProductLabel | None
    next_dose_told: bool
    advice: tuple[Advice, ...]
    if_confirmed: ConditionalAdvice | None
    recommendations: tuple[str, ...]
    look_alikes: LookAlikes
    open_domains: tuple[OpenDomain, ...]
    unread: Unread
    risk: Risk
    gaps: tuple[Gap, ...]

    @property
    def icans(self) -> Icans:
        """The present ICANS grade."""
        return self.history.now

    @property
    def age_group(self) -> str:
        """Adult, child, or empty where the birth date leaves both possible."""
        return self.profile.age_group

    @property
    def next_dose_open(self) -> bool:
        """Whether there was ICANS since the last dose of an engager of whose next dose no table here says anything."""
        engager = self.last_dose is not None and self.last_dose.therapy_class == ENGAGER
        since = self.icans.known_grade or self.profile.since_dose.highest
        return bool(engager and since and not self.next_dose_told)

    @property
    def last_dose(self) -> Dose | None:
        """The newest dose of the present course."""
        return self.therapy.last if self.therapy else None

    @property
    def day(self) -> int | None:
        """Calendar days since the newest dose."""
        return self.therapy.day if self.therapy else None


def evaluate(chart: Chart, as_of: datetime, protocol: Protocol) -> Evaluation:
    """Grade a patient at `as_of` by everything recorded until then."""
    facts, rules = chart.facts, protocol.rules.decisions
    moment = _present(chart, as_of).astimezone(UTC)
    history, crs = _history(chart, moment), _crs(chart, moment)
    now, instrument = history.now, instrument_at(chart, moment)
    treatment = treatment_so_far(chart, history)
    reason = attention.attention(chart, history)
    trend = history.trend(rules.course.trend_after)
    due = attention.next_assessment(chart, history)
    overdue = attention.is_overdue(chart, due, moment, reason)
    icans_charted = charted_grade(chart, charted.ICANS, moment, now.known_grade)
    crs_charted = charted_grade(chart, charted.CRS, moment, crs.grade)
    signs = current_signs(chart, instrument, moment)
    overdue_for = moment - due if overdue and due else None
    profile = profile_of(chart, history, crs, treatment)
    advised = offered(protocol.tables, now, profile)
    others = look_alikes(chart, now) if now.domains else LookAlikes()
    given = therapy_so_far(chart, as_of, moment)
    late = given is not None and given.is_late
    prompts = Prompts(treatment.escalate, treatment.taper, tuple(others.actions), due is not None, overdue, late)
    gaps = (*facts.gaps, *clinical_gaps(chart, now))
    not_read = unread(now, gaps)
    return Evaluation(
        as_of=as_of,
        zone=facts.zone,
        language=facts.language,
        deceased=facts.deceased,
        received=received(facts),
        therapy=given,
        instrument=instrument,
        edition=protocol.rules.grading.edition.label,
        history=history,
        trend=trend,
        grade_before=history.grade_before(rules.course.trend_after),
        scores=compared_scores(chart, now.score, instrument),
        signs=signs,
        improved=improved_signs(chart, history, trend),
        crs=crs,
        crs_course=crs_course(chart, crs) if crs.basis else CrsCourse(),
        charted_icans=icans_charted,
        charted_crs=crs_charted,
        next_assessment=due,
        overdue=overdue,
        attention=reason,
        urgency=urgency.of_status(
            Situation(chart, history, crs, trend, treatment, signs, icans_charted, crs_charted, overdue_for)
        ),
        crs_leads=urgency.crs_leads(now, crs, rules.urgency),
        treatment=treatment,
        profile=profile,
        label=protocol.label_of(profile.product),
        next_dose_told=speaks_of_next_dose(protocol.tables, profile.product or ""),
        advice=advised,
        if_confirmed=if_confirmed(protocol.tables, history, icans_charted, profile),
        recommendations=recommendations(now, advised, prompts) if reason.has_card else (),
        look_alikes=others,
        open_domains=open_domains(chart, now, not_read.score),
        unread=not_read,
        risk=risk_of(chart, history, crs) if reason.has_card and now.domains else Risk(),
        gaps=gaps,
    )


def _present(chart: Chart, as_of: datetime) -> datetime:
    """The present, or a few minutes later where a record's clock is ahead of ours (rule T1)."""
    latest = as_of + chart.rules.decisions.time.clock_tolerance
    ahead = [time for time in chart.domain_times[-1:] if time <= latest]
    return max([as_of, *ahead])


def _history(chart: Chart, moment: datetime) -> History:
    """All grades of the course; a single ungraded moment where nothing may be graded (rule A6)."""
    if chart.facts.deceased or chart.facts.failed & {"patient", "observations"}:
        return History((Icans(moment, (), UNGRADED, UNGRADED),), None)
    return history_of(chart, moment)


def _crs(chart: Chart, moment: datetime) -> Crs:
    """CRS at a moment; not graded in a patient who died, or whose identity did not arrive."""
    if chart.facts.deceased or "patient" in chart.facts.failed:
        return Crs(moment, UNKNOWN, UNGRADED, ())
    return crs_at(chart, moment)
