"""What a status card offers to draft: first what its summary asks for, and no more than a reader will look through."""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.tables.vocabulary import Action, DueKind, Orderable, Request
from cds_service.rendering.card import Suggestion
from cds_service.rendering.words.regimens import brief_proposal_text, order_text, proposal_text
from cds_service.rendering.words.view import View

# What answers each ask; a CT that comes first is drafted only if platelets are low (rule P3).
ANSWERS: dict[AskCode, tuple[Orderable, ...]] = {
    AskCode.AIRWAY: (Request.ICU_CALL,),
    AskCode.ONGOING_SEIZURE: (Action.EEG,),
    AskCode.STROKE_CALL: (Request.STROKE_CALL, Request.CT_ANGIOGRAPHY, Request.SPINE_MRI),
    AskCode.INTRACRANIAL_BLEED: (Request.NEUROSURGERY_CALL,),
    AskCode.RAISED_PRESSURE: (Request.NEUROSURGERY_CALL,),
    AskCode.CRS_SEVERE: (Action.TOCILIZUMAB, Action.CORTICOSTEROID),
    AskCode.CRS_2: (Action.TOCILIZUMAB,),
    AskCode.ICANS_SEVERE: (Action.CT, Action.CORTICOSTEROID),
    AskCode.ESCALATION_REVIEW: (Action.CT, Action.CORTICOSTEROID),
    AskCode.ICANS_2: (Action.CT, Action.CORTICOSTEROID),
    AskCode.ICANS_1: (Action.CORTICOSTEROID,),
    AskCode.DELAYED_NEUROTOXICITY: (Request.NEUROLOGY_CALL,),
    AskCode.CHECK_AROUSAL: tuple(DueKind),
    AskCode.ASSESS_NOW: tuple(DueKind),
    AskCode.NEXT_ASSESSMENT: tuple(DueKind),
}
# After what answers an ask.
KINDS = (ProposalKind.TASK, ProposalKind.MEDICATION, ProposalKind.SERVICE)


def suggestions_of(view: View) -> tuple[Suggestion, ...]:
    """What answers the asks in their order, then assessment, drugs, investigations; each once."""
    proposals = tuple(dict.fromkeys(view.answer.proposals))
    first = sorted(proposals, key=lambda one: _place(view, one))[: view.wording.behaviour.suggestions]
    return tuple(_suggestion(view, one, first) for one in first)


def _suggestion(view: View, proposal: Proposal, beside: Sequence[Proposal]) -> Suggestion:
    """With a label that fits on a button; the action has the full text."""
    whole, text = proposal_text(view, proposal, beside), order_text(view, proposal)
    is_task, fits = proposal.kind is ProposalKind.TASK, view.fits_button(whole)
    label = whole if fits else brief_proposal_text(view, proposal, beside)
    return Suggestion(label, proposal, text, recommended=is_task, description="" if fits else whole)


def _place(view: View, proposal: Proposal) -> tuple[int, int]:
    asks = view.answer.asks
    for number, ask in enumerate(asks):
        if proposal.action in ANSWERS.get(ask.code, ()):
            return number, 0
    return len(asks), KINDS.index(proposal.kind)
