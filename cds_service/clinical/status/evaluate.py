"""The evaluation of a chart; each part is computed once, from the parts before it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cds_service.clinical.advice.offered import if_confirmed, lowest_steroid_total, offered, steroid_without_crs
from cds_service.clinical.advice.profile import profile_of
from cds_service.clinical.advice.puncture import Puncture, puncture
from cds_service.clinical.advice.recommendations import Prompts, Recommendation, recommendations
from cds_service.clinical.advice.selection import Advice, PatientProfile, advice, covers_next_dose, crs_advice
from cds_service.clinical.course import charted
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.charted import ChartedGrade, charted_grade
from cds_service.clinical.course.concepts import DomainName
from cds_service.clinical.course.current_signs import CurrentSigns, current_signs
from cds_service.clinical.course.therapy_so_far import TherapySoFar, therapy_so_far, unread_products
from cds_service.clinical.facts.gap import Gap
from cds_service.clinical.facts.patient import Need, received
from cds_service.clinical.grading.comparison import compared_scores, improved_signs
from cds_service.clinical.grading.crs import UNKNOWN, Crs, crs_at
from cds_service.clinical.grading.crs_course import (
    CrsCourse,
    crs_course,
    low_pressure,
    missing_readings,
    support_without_fever,
)
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.gaps import Unread, charted_gaps, clinical_gaps, no_longer_counted, unread
from cds_service.clinical.grading.history import History, Trend, history_of
from cds_service.clinical.grading.icans import instrument_at
from cds_service.clinical.grading.open_domains import open_domains
from cds_service.clinical.look_alikes.causes import LookAlikes, look_alikes
from cds_service.clinical.look_alikes.delayed import DelayedSign, delayed_signs
from cds_service.clinical.risk.summary import Risk, risk_of
from cds_service.clinical.status import attention, urgency
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.due import Due, due_of, overdue_by
from cds_service.clinical.status.emergency import Emergencies, emergencies
from cds_service.clinical.status.evaluation import Alternatives, CrsContext, Earlier, Evaluation, LabelInUse, Person
from cds_service.clinical.status.urgency import Situation, Urgency
from cds_service.clinical.tables.decision_rules import DecisionRules
from cds_service.clinical.tables.grade import UNGRADED
from cds_service.clinical.tables.guideline import EvidenceUse, Protocol
from cds_service.clinical.treatment.may_lower import may_lower
from cds_service.clinical.treatment.so_far import TreatmentSoFar, treatment_so_far


def evaluate(chart: Chart, as_of: datetime, protocol: Protocol) -> Evaluation:
    """The evaluation of a patient at `as_of`, from everything recorded by then."""
    at = _Present(chart, as_of, protocol)
    return Evaluation(
        as_of=as_of,
        zone=chart.facts.zone,
        person=Person(chart.facts.language, chart.facts.deceased),
        received=received(chart.facts),
        therapy=at.therapy,
        unread_therapies=unread_products(chart),
        instrument=at.instrument,
        edition=protocol.rules.grading.edition.label,
        history=at.history,
        trend=at.trend,
        earlier=at.earlier,
        scores=compared_scores(chart, at.now.score, at.instrument),
        signs=at.signs,
        emergencies=at.emergencies,
        crs=at.crs,
        crs_context=at.crs_context,
        charted_icans=at.charted_icans,
        charted_crs=at.charted_crs,
        due=at.due,
        overdue=at.overdue,
        attention=at.attention,
        urgency=at.urgency,
        crs_leads=urgency.crs_leads(at.now.beyond_baseline, at.crs, at.rules.urgency),
        treatment=at.treatment,
        may_lower=may_lower(chart, at.now),
        profile=at.profile,
        label=at.label,
        advice=at.advice,
        crs_advice=at.crs_advice,
        puncture=at.puncture,
        prophylaxis_evidence=protocol.rules.refractory.on(EvidenceUse.PROPHYLAXIS),
        alternatives=at.alternatives,
        recommendations=at.recommendations,
        look_alikes=at.look_alikes,
        delayed=at.delayed,
        open_domains=open_domains(chart, at.now, at.unread.score),
        unread=at.unread,
        risk=risk_of(chart, at.history, at.crs) if at.attention.has_card and at.now.domains else Risk(),
        gaps=at.gaps,
    )


@dataclass(frozen=True)
class _Present:
    """A patient at `as_of`, with each part of the evaluation computed on first use."""

    chart: Chart
    as_of: datetime
    protocol: Protocol

    @property
    def rules(self) -> DecisionRules:
        return self.protocol.rules.decisions

    @cached_property
    def moment(self) -> datetime:
        """The present, or a few minutes later if a record's clock is ahead of ours (rule T1)."""
        times, latest = self.chart.domain_times, self.as_of + self.rules.time.clock_tolerance
        known = times[: bisect_right(times, latest)]
        return max([self.as_of, *known[-1:]]).astimezone(UTC)

    @cached_property
    def history(self) -> History:
        """All grades of the course; a single ungraded moment if nothing may be graded (rule A6).

        If some observations did not arrive, the others are graded only if a therapy is known and they are a floor.
        """
        facts, ungraded = self.chart.facts, History((Icans(self.moment, (), UNGRADED, UNGRADED),), None)
        if facts.deceased or Need.PATIENT in facts.failed:
            return ungraded
        found = history_of(self.chart, self.moment)
        is_floor = self.chart.course is not None and found.now.all.lo > 0
        return found if is_floor or Need.OBSERVATIONS not in facts.failed else ungraded

    @property
    def now(self) -> Icans:
        return self.history.now

    @cached_property
    def crs(self) -> Crs:
        """Not graded if the patient has died or the identity did not arrive."""
        if self.chart.facts.deceased or Need.PATIENT in self.chart.facts.failed:
            return Crs(self.moment, UNKNOWN, UNGRADED, ())
        return crs_at(self.chart, self.moment)

    @cached_property
    def instrument(self) -> DomainName | None:
        return instrument_at(self.chart, self.moment)

    @cached_property
    def emergencies(self) -> Emergencies:
        return emergencies(self.chart, self.now, self.signs)

    @cached_property
    def therapy(self) -> TherapySoFar | None:
        return therapy_so_far(self.chart, self.as_of, self.moment)

    @cached_property
    def treatment(self) -> TreatmentSoFar:
        """The treatment so far; a corticosteroid on which ICANS arose is compared with the present options (E0)."""
        found = treatment_so_far(self.chart, self.history, None)
        if found.arose_on is None:
            return found
        profile = profile_of(self.chart, self.history, self.crs, found, self.puncture)
        options = advice(self.protocol.tables, self.now.beyond_baseline.all.lo, profile)
        equivalents = self.rules.steroids.dexamethasone_equivalent_mg
        return treatment_so_far(self.chart, self.history, lowest_steroid_total(options, equivalents, profile.weight_kg))

    @cached_property
    def trend(self) -> Trend | None:
        return self.history.trend(self.rules.course.trend_after)

    @cached_property
    def attention(self) -> Attention:
        return attention.attention(self.chart, self.history)

    @cached_property
    def due(self) -> Due | None:
        return due_of(self.chart, self.history, self.trend, self.signs.doubts)

    @property
    def overdue(self) -> bool:
        return self.overdue_for is not None

    @cached_property
    def overdue_for(self) -> timedelta | None:
        return overdue_by(self.chart, self.due, self.moment, self.attention)

    @cached_property
    def charted_icans(self) -> ChartedGrade | None:
        return charted_grade(self.chart, charted.ICANS, self.moment, self.now.known_grade)

    @cached_property
    def charted_crs(self) -> ChartedGrade | None:
        return charted_grade(self.chart, charted.CRS, self.moment, self.crs.grade)

    @cached_property
    def signs(self) -> CurrentSigns:
        return current_signs(self.chart, self.instrument, self.moment)

    @cached_property
    def puncture(self) -> Puncture:
        deficit = self.emergencies.deficit is not None or self.emergencies.unimaged
        return puncture(self.chart, self.history, deficit=deficit)

    @cached_property
    def profile(self) -> PatientProfile:
        return profile_of(self.chart, self.history, self.crs, self.treatment, self.puncture)

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        return offered(self.protocol.tables, self.now, self.profile)

    @cached_property
    def crs_advice(self) -> tuple[Advice, ...]:
        return crs_advice(self.protocol.rules.crs_advice, self.protocol.tables, self.profile)

    @cached_property
    def alternatives(self) -> Alternatives:
        tables = self.protocol.tables
        return Alternatives(
            without_crs=steroid_without_crs(tables, self.now, self.profile),
            if_confirmed=if_confirmed(tables, self.history, self.charted_icans, self.profile),
        )

    @property
    def label(self) -> LabelInUse:
        protocol, product = self.protocol, self.profile.product
        return LabelInUse(
            row=protocol.label_of(product),
            untranscribed=protocol.untranscribed_label_of(product),
            covers_next_dose=covers_next_dose(protocol.tables, product),
        )

    @cached_property
    def crs_context(self) -> CrsContext:
        course = crs_course(self.chart, self.crs) if self.crs.basis else CrsCourse()
        differs = self.rules.tocilizumab_differs.up_to_crs
        return CrsContext(
            course=course,
            low_pressure=low_pressure(self.chart, self.crs),
            support=support_without_fever(self.chart, self.crs),
            missing=missing_readings(self.chart, self.crs),
            tocilizumab_differs=1 <= self.crs.range.lo <= differs,
        )

    @property
    def earlier(self) -> Earlier:
        return Earlier(
            grade=self.history.grade_before(self.rules.course.trend_after),
            no_longer_counted=no_longer_counted(self.chart, self.moment),
            improved=improved_signs(self.chart, self.history, self.trend),
        )

    @cached_property
    def delayed(self) -> tuple[DelayedSign, ...]:
        return delayed_signs(self.chart, self.now.time) if self.now.domains else ()

    @cached_property
    def look_alikes(self) -> LookAlikes:
        return look_alikes(self.chart, self.now) if self.now.domains else LookAlikes()

    @property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """The recommendations of the card; none without a card."""
        if not self.attention.has_card:
            return ()
        due = self.due if self.due is not None and self.due.is_score else None
        prompts = Prompts(
            escalate=self.treatment.escalate,
            taper=self.treatment.taper,
            look_alikes=tuple(self.look_alikes.actions),
            assess_now=due is not None and due.now,
            assess_later=due is not None and not due.now,
            outside_window=self.therapy is not None and self.therapy.is_late,
        )
        return recommendations(self.now, self.advice, self.crs_advice, prompts)

    @property
    def urgency(self) -> Urgency:
        return urgency.of_status(
            Situation(
                chart=self.chart,
                history=self.history,
                crs=self.crs,
                trend=self.trend,
                treatment=self.treatment,
                signs=self.signs,
                emergencies=self.emergencies,
                low_pressure=self.crs_context.low_pressure,
                support=self.crs_context.support,
                look_alikes=self.look_alikes,
                delayed=self.delayed,
                charted_icans=self.charted_icans,
                charted_crs=self.charted_crs,
                overdue_for=self.overdue_for,
            )
        )

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        return (*charted_gaps(self.chart, self.moment), *clinical_gaps(self.chart, self.now))

    @cached_property
    def unread(self) -> Unread:
        return unread(self.now, self.gaps)
