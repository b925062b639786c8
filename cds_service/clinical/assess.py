"""The only entrance to the clinical rules: facts and occasion in, a complete answer out.

No other layer grades, drafts or checks anything itself; it calls `assess` and reads the types returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.course.chart import Chart, open_chart
from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.drafts.escalation import Escalation, escalation_of
from cds_service.clinical.drafts.leaving import discharge_of
from cds_service.clinical.drafts.proposal import DraftContext, Proposal
from cds_service.clinical.drafts.proposals import proposals_of
from cds_service.clinical.drafts.steroid_options import crs_corticosteroid_leads
from cds_service.clinical.facts.occasion import Occasion, Unjudged
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.grading.domain import Icans
from cds_service.clinical.grading.over_time import grades_over_time
from cds_service.clinical.order_checks.alert import Alert, CheckContext
from cds_service.clinical.order_checks.checks import alerts_of
from cds_service.clinical.order_checks.unjudged import options_beside, unjudged_orders
from cds_service.clinical.status import urgency
from cds_service.clinical.status.ask import Ask
from cds_service.clinical.status.asks import asks_of
from cds_service.clinical.status.evaluate import evaluate
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.lacking import Lack, lack_first, lacking
from cds_service.clinical.status.urgency import Urgency
from cds_service.clinical.tables.decision_rules import UrgencyRules
from cds_service.clinical.tables.guideline import Protocol


class CardUrgency(NamedTuple):
    """The urgency of each card other than the status card; None if there is no such card. `alerts`: by alert code."""

    alerts: Mapping[str, Urgency]
    unjudged: Urgency | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything to report about a patient on an occasion; rendering it needs no further clinical judgement.

    `evaluation`: the patient's status. `proposals`: what could be created with one click. `alerts`: about the orders or
    the encounter. `unjudged`: orders that might matter and could not be checked. `unjudged_options`: the options with
    which an unjudged corticosteroid would have been compared. `asks`: what to ask for by rule Q, the most lethal first.
    `lacking`: missing records on which everything else depends. `crs_corticosteroid_leads`: the corticosteroid for
    CRS is named before that for ICANS. `escalation`: the next step if a corticosteroid does not help. `urgency`: of
    each card other than the status card.
    """

    occasion: Occasion
    evaluation: Evaluation
    proposals: tuple[Proposal, ...]
    alerts: tuple[Alert, ...]
    unjudged: tuple[Unjudged, ...]
    unjudged_options: tuple[Advice, ...]
    asks: tuple[Ask, ...]
    lacking: tuple[Lack, ...]
    crs_corticosteroid_leads: bool
    escalation: Escalation | None
    urgency: CardUrgency

    @property
    def ask(self) -> Ask | None:
        """The one thing that the summary asks for; None if there is no card or nothing left to ask for."""
        return self.asks[0] if self.asks else None

    @property
    def lack(self) -> Lack | None:
        """What the summary asks to be recorded instead; None if it asks for `ask`."""
        return lack_first(self.evaluation, self.asks, self.lacking)


def assess(facts: PatientFacts, occasion: Occasion, as_of: datetime, protocol: Protocol) -> Answer:
    """The answer at `as_of`, from everything recorded by then and the tables of the protocol."""
    chart = chart_of(facts, as_of, protocol)
    evaluation = evaluate(chart, as_of, protocol)
    context, drafting = CheckContext(evaluation, occasion, protocol, chart), DraftContext(evaluation, protocol.rules)
    alerts = alerts_of(context)
    orders = unjudged_orders(context, alerts)
    asks = tuple(asks_of(evaluation, protocol.rules.decisions.asks))
    return Answer(
        occasion=occasion,
        evaluation=evaluation,
        proposals=proposals_of(drafting),
        alerts=alerts,
        unjudged=orders,
        unjudged_options=options_beside(context, orders),
        asks=asks,
        lacking=tuple(lacking(evaluation, asks)),
        crs_corticosteroid_leads=crs_corticosteroid_leads(drafting),
        escalation=escalation_of(drafting),
        urgency=_urgency(evaluation.icans.beyond_baseline, alerts, orders, protocol.rules.decisions.urgency),
    )


def chart_of(facts: PatientFacts, as_of: datetime, protocol: Protocol) -> Chart:
    """The records of the present course in order of time, for plotting."""
    return open_chart(facts, as_of, protocol.rules, other_scales=protocol.other_scales)


def grades_of(chart: Chart, evaluation: Evaluation) -> list[Icans]:
    """The grade at each moment of the course at which it changed, ending with the present, for plotting."""
    return grades_over_time(chart, evaluation.history)


def leaving_of(answer: Answer, protocol: Protocol) -> Discharge | None:
    """What a patient must know if discharged now; None if the therapy is unknown or has no label in the region."""
    evaluation, labels = answer.evaluation, protocol.labels
    return discharge_of(evaluation, labels, evaluation.as_of) if labels else None


def _urgency(now: Icans, alerts: Iterable[Alert], orders: Sequence[Unjudged], rules: UrgencyRules) -> CardUrgency:
    return CardUrgency(
        alerts={alert.code: urgency.of_alert(alert.code, now, rules) for alert in alerts},
        unjudged=urgency.of_unjudged(orders) if orders else None,
    )
