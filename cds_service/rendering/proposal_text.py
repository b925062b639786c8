"""A proposal in words: Epic shows nothing else of a suggestion."""

from __future__ import annotations

from cds_service.clinical.proposals import MEDICATION, TASK, Proposal
from cds_service.rendering.regimens import regimen_text
from cds_service.rendering.view import View


def proposal_text(view: View, proposal: Proposal) -> str:
    """What would be created, as a draft to be checked and signed."""
    if proposal.kind == TASK and proposal.due is not None:
        return view.say("suggestions.label.task", instrument=view.instrument, time=view.at(proposal.due))
    if proposal.kind == MEDICATION and proposal.regimen is not None:
        regimen = regimen_text(view, proposal.regimen)
        return view.say("suggestions.label.medication", regimen=regimen, source=proposal.source)
    action = view.say(f"advice.action.{proposal.action}")
    return view.say("suggestions.label.service", action=action, source=proposal.source)
