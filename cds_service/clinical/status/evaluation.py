"""Everything that is said about a patient at a moment: the one result of the clinical core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from cds_service.clinical.advice.profile import profile_of
from cds_service.clinical.advice.recommendations import Prompts, recommendations
from cds_service.clinical.advice.selection import Advice, PatientProfile, advice, speaks_of_next_dose
from cds_service.clinical.course import charted, therapy
from cds_service.clinical.course.chart import Chart, open_chart
from cds_service.clinical.course.therapy import ENGAGER, Dose
from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.patient import PatientFacts, Record
from cds_service.clinical.grading.comparison import Improved, improved_signs
from cds_service.clinical.grading.crs import UNKNOWN, Crs, crs_at
from cds_service.clinical.grading.crs_course import CrsCourse, crs_course
from cds_service.clinical.grading.gaps import clinical_gaps
from cds_service.clinical.grading.history import History, history_of
from cds_service.clinical.grading.icans import CONSCIOUSNESS, ICE, Icans, instrument_at
from cds_service.clinical.look_alikes.summary import LookAlikes, look_alikes
from cds_service.clinical.risk.factor import RiskFactor
from cds_service.clinical.risk.summary import risk_factors
from cds_service.clinical.status import attention, urgency
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.urgency import Situation, Urgency
from cds_service.clinical.tables import next_dose
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.grade import Range
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.treatment.so_far import TreatmentSoFar, treatment_so_far

UNGRADED = Range(0, 4)
CHARTED, ATTRIBUTED, LAST_KNOWN, UNAROUSABLE = "charted", "attributed", "last-known", "unarousable"


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


class ConditionalAdvice(NamedTuple):
    """The advice for a grade that holds only under a condition: charted, attributed, last-known or unarousable."""

    condition: str
    grade: int
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The grades of ICANS and CRS at `as_of`, the course, what is advised, and what is not known."""

    as_of: datetime
    chart: Chart
    doses: tuple[Dose, ...]
    instrument: str | None
    history: History
    trend: str | None
    improved: tuple[Improved, ...]
    crs: Crs
    crs_course: CrsCourse
    charted_icans: Record | None
    charted_crs: Record | None
    next_assessment: datetime | None
    overdue: bool
    attention: Attention
    urgency: Urgency
    treatment: TreatmentSoFar
    profile: PatientProfile
    label: ProductLabel | None
    next_dose_told: bool
    advice: tuple[Advice, ...]
    if_confirmed: ConditionalAdvice | None
    recommendations: tuple[str, ...]
    look_alikes: LookAlikes
    risk: tuple[RiskFactor, ...]
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
    def at_baseline(self) -> bool:
        """Whether the current score is not worse than before the therapy (rule G3)."""
        baseline, score = self.chart.baseline.get(self.instrument or ""), self.icans.score
        if baseline is None or score is None or score.concern in ("stale", "sedated"):
            return False
        present = self.chart.assessments[score.name].newest(score.time) if score.time else None
        if present is None:
            return False
        return present.low >= baseline.high if score.name == ICE else present.high <= baseline.low

    @property
    def next_dose_open(self) -> bool:
        """Whether there was ICANS since the last dose of an engager of whose next dose no table here says anything."""
        engager = self.last_dose is not None and self.last_dose.therapy_class == ENGAGER
        since = self.icans.known_grade or self.profile.since_dose.highest
        return bool(engager and since and not self.next_dose_told)

    @property
    def crs_leads(self) -> bool:
        """Whether the CRS alone makes the status card critical; then it is named first."""
        return urgency.crs_leads(self.icans, self.crs, self.chart.rules.decisions.urgency)

    @property
    def last_dose(self) -> Dose | None:
        """The newest dose of the present course."""
        return self.chart.course.doses[-1] if self.chart.course else None

    @property
    def day(self) -> int | None:
        """Calendar days since the newest dose."""
        return self.last_dose.day_at(self.as_of, self.chart.facts.zone) if self.last_dose else None


def evaluate(facts: PatientFacts, as_of: datetime, protocol: Protocol) -> Evaluation:
    """Grade a patient at `as_of` by everything recorded until then."""
    chart, doses = _open(facts, as_of, protocol)
    moment = _present(chart, as_of).astimezone(UTC)
    history = _history(chart, moment)
    crs = _crs(chart, moment)
    treatment = treatment_so_far(chart, history)
    reason = attention.attention(chart, doses, history)
    trend = history.trend(protocol.rules.decisions.course.trend_after)
    due = attention.next_assessment(chart, history)
    overdue = attention.is_overdue(chart, due, moment, reason)
    icans_charted = charted.newest(chart, charted.ICANS, moment)
    profile = profile_of(chart, history, crs, treatment)
    offered = _offered(protocol, history.now, profile)
    others = look_alikes(chart, history.now) if history.now.domains else LookAlikes()
    late = _outside_window(chart, moment)
    prompts = Prompts(treatment.escalate, treatment.taper, tuple(others.actions), due is not None, overdue, late)
    return Evaluation(
        as_of=as_of,
        chart=chart,
        doses=doses,
        instrument=instrument_at(chart, moment),
        history=history,
        trend=trend,
        improved=improved_signs(chart, history, trend),
        crs=crs,
        crs_course=crs_course(chart, crs) if crs.basis else CrsCourse(),
        charted_icans=icans_charted,
        charted_crs=charted.newest(chart, charted.CRS, moment),
        next_assessment=due,
        overdue=overdue,
        attention=reason,
        urgency=urgency.of_status(
            Situation(chart, history, crs, trend, treatment, moment - due if overdue and due else None)
        ),
        treatment=treatment,
        profile=profile,
        label=protocol.label_of(profile.product),
        next_dose_told=speaks_of_next_dose(protocol.tables, profile.product or ""),
        advice=offered,
        if_confirmed=_if_confirmed(protocol, history, icans_charted, profile),
        recommendations=recommendations(history.now, offered, prompts) if reason.has_card else (),
        look_alikes=others,
        risk=risk_factors(chart, history, crs) if reason.has_card and history.now.domains else (),
        gaps=(*facts.gaps, *clinical_gaps(chart, doses, history.now)),
    )


def _open(facts: PatientFacts, as_of: datetime, protocol: Protocol) -> tuple[Chart, tuple[Dose, ...]]:
    """The chart of the course that the present belongs to, and all doses known by now."""
    rules = protocol.rules
    latest = as_of + rules.decisions.time.clock_tolerance
    recorded = [record for record in facts.doses if record.time <= latest]
    stated = [statement for statement in facts.infusion_dates if max(statement.recorded, statement.time) <= latest]
    doses = therapy.doses_of(recorded, stated, rules.decisions.therapy)
    course = therapy.current_course(doses, rules.decisions.therapy)
    return open_chart(facts, course, rules, other_scales=protocol.other_scales), doses


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


def _offered(protocol: Protocol, now: Icans, profile: PatientProfile) -> tuple[Advice, ...]:
    """The advice for the present grade; without one what holds all the same: what is said of the next dose."""
    if now.grade is not None:
        return tuple(advice(protocol.tables, now.grade, profile))
    since = profile.since_dose
    offered = advice(protocol.tables, since.highest, profile) if since.highest or since.came_again else ()
    return tuple(entry for entry in offered if entry.row.action in next_dose.ACTIONS)


def _if_confirmed(
    protocol: Protocol, history: History, charted_grade: Record | None, profile: PatientProfile
) -> ConditionalAdvice | None:
    """The advice of a grade that is not ours: one charted, ours if nothing else explains it, or the last known."""
    now = history.now
    if charted_grade is not None and charted.differs(charted_grade, now.known_grade):
        condition, grade = CHARTED, int(charted_grade.value)
    elif now.if_attributable is not None:
        condition, grade = ATTRIBUTED, now.if_attributable
    elif now.grade is None and history.last_known is not None and history.last_known.known_grade:
        condition, grade = LAST_KNOWN, history.last_known.known_grade
    elif now.grade is not None and _arousal_decides(now):
        condition, grade = UNAROUSABLE, now.all.hi
    else:
        return None
    said = _offered(protocol, now, profile) if now.grade is None else ()
    entries = advice(protocol.tables, grade, profile)
    return ConditionalAdvice(condition, grade, tuple(entry for entry in entries if entry not in said))


def _arousal_decides(now: Icans) -> bool:
    """Whether a look at arousal settles the grade, all but the worst being known (rules D1 and D4)."""
    unknown = (one for one in now.domains if one.name == CONSCIOUSNESS and one.range == UNGRADED)
    return now.all.hi - now.all.lo == 1 and any(one.concern != "sedated" for one in unknown)


def _outside_window(chart: Chart, moment: datetime) -> bool:
    """Later than ICANS is expected (rule A5)."""
    if chart.course is None:
        return False
    day = chart.course.last_dose(moment).day_at(moment, chart.facts.zone)
    return day >= chart.rules.decisions.late.outside_window_from_day
