"""The cards of an answer: the status of a patient, and a card for each finding about orders and stays."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.assess import Answer
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.card import STATUS, Card, Presentation, Suggestion
from cds_service.rendering.order_cards.alerts import alert_card
from cds_service.rendering.order_cards.unjudged import unjudged_card
from cds_service.rendering.status_card.escalation import escalation_detail, escalation_summary
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.status_card.look_alikes import look_alike_detail, look_alike_summary
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.proposal_text import order_text, proposal_text
from cds_service.rendering.words.view import View


def cards_of(answer: Answer, presentation: Presentation) -> tuple[Card, ...]:
    """When a chart is opened the status by rule U1; at the other hooks the findings, and what could not be checked.

    Whatever the hook, a failure is told (contract.md 1).
    """
    evaluation, view = answer.evaluation, presentation.view_of(answer)
    found = [alert_card(view, alert, presentation) for alert in answer.alerts]
    if answer.urgency.unjudged is not None:
        found.append(unjudged_card(view, answer.urgency.unjudged))
    if answer.occasion.kind is OccasionKind.PATIENT_VIEW and evaluation.attention.has_card:
        return tuple(_cards(view))
    if evaluation.received.failed and evaluation.attention.has_card:
        return (next(_cards(view)), *found)
    return tuple(found)


def topic_of(evaluation: Evaluation) -> str:
    """One static code per situation, so that an override of one grade never hides a worse one."""
    icans = evaluation.icans
    if evaluation.attention is Attention.FAILED:
        return "icansDataMissing"
    match icans.certainty:
        case Certainty.NEEDS_ATTRIBUTION:
            return "icansAttribution"
        case Certainty.CANNOT_GRADE:
            return "icansCannotGrade"
        case Certainty.AT_LEAST:
            return f"icansAtLeast{icans.grade}"
        case _:
            return f"icansGrade{icans.grade}"


def _cards(view: View) -> Iterator[Card]:
    answer, evaluation = view.answer, view.evaluation
    yield Card(
        kind=STATUS,
        summary=summary_of(view),
        detail=full_assessment(view),
        urgency=evaluation.urgency,
        topic=topic_of(evaluation),
        suggestions=_suggestions(view),
    )
    if answer.urgency.look_alikes is not None:
        yield Card(
            kind="look_alike",
            summary=look_alike_summary(view),
            detail=look_alike_detail(view),
            urgency=answer.urgency.look_alikes,
            topic="icansLookAlike",
            suggestions=(),
        )
    if answer.escalation is not None and answer.urgency.escalation is not None:
        yield Card(
            kind="escalation",
            summary=escalation_summary(view, answer.escalation),
            detail=escalation_detail(view, answer.escalation),
            urgency=answer.urgency.escalation,
            topic="icansEscalation",
            suggestions=(),
        )


def _suggestions(view: View) -> tuple[Suggestion, ...]:
    proposals = view.answer.proposals
    return tuple(
        Suggestion(proposal_text(view, proposal, proposals), proposal, order_text(view, proposal))
        for proposal in proposals
    )
