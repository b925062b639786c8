"""The cards of an answer: the status of a patient, and a card for each alert about orders, admission or discharge."""

from __future__ import annotations

from cds_service.clinical.assess import Answer
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.rendering.card import Card, CardKind, Presentation
from cds_service.rendering.order_cards.alerts import alert_card
from cds_service.rendering.order_cards.unjudged import unjudged_card
from cds_service.rendering.status_card.detail import detail_of
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.status_card.suggestions import suggestions_of
from cds_service.rendering.status_card.summary import summary_of, topic_of
from cds_service.rendering.words.view import View


def cards_of(answer: Answer, presentation: Presentation) -> tuple[Card, ...]:
    """The status card (rule U1) when a chart is opened; for the other hooks, alerts and what could not be checked.

    A failure is reported on every hook (contract.md 1).
    """
    evaluation, view = answer.evaluation, presentation.view_of(answer)
    found = [alert_card(view, alert, presentation) for alert in answer.alerts]
    if answer.urgency.unjudged is not None:
        found.append(unjudged_card(view, answer.urgency.unjudged))
    if answer.occasion.kind is OccasionKind.PATIENT_VIEW and evaluation.attention.has_card:
        return (_status_card(view),)
    if evaluation.received.failed and evaluation.attention.has_card:
        return (_status_card(view), *found)
    return tuple(found)


def _status_card(view: View) -> Card:
    return Card(
        kind=CardKind.STATUS,
        summary=summary_of(view),
        detail=full_assessment(view) if view.full_detail else detail_of(view),
        urgency=view.evaluation.urgency,
        topic=topic_of(view.answer),
        suggestions=suggestions_of(view),
    )
