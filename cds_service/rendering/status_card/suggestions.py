"""What a status card offers to draft: first what its summary asks for, and no more than a reader will look through."""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.tables.vocabulary import Action
from cds_service.rendering.card import Suggestion
from cds_service.rendering.words.regimens import brief_proposal_text, order_text, proposal_text
from cds_service.rendering.words.view import View

# The actions that answer each ask.
ANSWERS = {
    AskCode.ONGOING_SEIZURE: (Action.EEG,),
    AskCode.STROKE_CALL: (Action.NEUROLOGY,),
    AskCode.CRS_SEVERE: (Action.TOCILIZUMAB, Action.CORTICOSTEROID),
    AskCode.CRS_2: (Action.TOCILIZUMAB,),
    AskCode.ICANS_SEVERE: (Action.CORTICOSTEROID,),
    AskCode.ESCALATION_REVIEW: (Action.CORTICOSTEROID,),
    AskCode.ICANS_2: (Action.CORTICOSTEROID,),
    AskCode.DELAYED_NEUROTOXICITY: (Action.NEUROLOGY,),
}
# If nothing else answers the ask, the assessment does.
KINDS = (ProposalKind.TASK, ProposalKind.MEDICATION)


def suggestions_of(view: View) -> tuple[Suggestion, ...]:
    """What answers the ask, then the assessment, drugs, investigations; each once."""
    proposals = tuple(dict.fromkeys(view.answer.proposals))
    first = sorted(proposals, key=lambda one: _place(view, one))[: view.wording.behaviour.suggestions]
    return tuple(_suggestion(view, one, first) for one in first)


def _suggestion(view: View, proposal: Proposal, beside: Sequence[Proposal]) -> Suggestion:
    """With a label that fits on a button; the action has the full text."""
    whole, text = proposal_text(view, proposal, beside), order_text(view, proposal)
    is_task = proposal.kind is ProposalKind.TASK
    fits = len(whole) <= view.wording.behaviour.label_up_to
    label = whole if fits else brief_proposal_text(view, proposal, beside)
    return Suggestion(label, proposal, text, recommended=is_task, description="" if fits else whole)


def _place(view: View, proposal: Proposal) -> tuple[bool, int]:
    ask = view.answer.ask
    answers = ANSWERS.get(ask.code, ()) if ask else ()
    kind = KINDS.index(proposal.kind) if proposal.kind in KINDS else len(KINDS)
    return proposal.action not in answers, kind
