"""The cards of an evaluation, in the terms of CDS Hooks but before FHIR: at most two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.clinical.attention import Attention
from cds_service.clinical.evaluation import Evaluation
from cds_service.clinical.grade import Certainty
from cds_service.clinical.proposals import Proposal, proposals_of
from cds_service.clinical.urgency import of_grade
from cds_service.rendering.clock import Clock
from cds_service.rendering.detail import detail_of
from cds_service.rendering.escalation import escalation_detail, escalation_summary
from cds_service.rendering.proposal_text import proposal_text
from cds_service.rendering.summary import summary_of
from cds_service.rendering.view import View
from cds_service.rendering.wording import Wording


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to order, as an option: what the reader sees, and what would be created."""

    label: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Card:
    """One card: kind, urgency and topic are codes, the rest is in the reader's language."""

    kind: str
    summary: str
    detail: str
    indicator: str
    topic: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Presentation:
    """How cards are told: in which words, and whether this is but a demo."""

    wording: Wording
    demo: bool


def cards_of(evaluation: Evaluation, presentation: Presentation) -> tuple[Card, ...]:
    """The status card by rule U1, and a second one only for another decision."""
    if not evaluation.attention.has_card:
        return ()
    wording = presentation.wording
    view = View(evaluation, wording, Clock(evaluation.as_of, evaluation.chart.facts.zone), presentation.demo)
    return tuple(_cards(view))


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
    evaluation = view.evaluation
    indicator = view.wording.behaviour.indicator
    yield Card(
        kind="status",
        summary=summary_of(view),
        detail=detail_of(view),
        indicator=indicator[evaluation.urgency.name],
        topic=topic_of(evaluation),
        suggestions=_suggestions(view),
    )
    if evaluation.treatment.escalate:
        yield Card(
            kind="escalation",
            summary=escalation_summary(view),
            detail=escalation_detail(view),
            indicator=indicator[of_grade(evaluation.icans.grade or 0).name],
            topic="icansEscalation",
            suggestions=(),
        )


def _suggestions(view: View) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(proposal_text(view, proposal), proposal) for proposal in proposals_of(view.evaluation))
