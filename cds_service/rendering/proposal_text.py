"""A proposal in words: Epic shows nothing else of a suggestion."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cds_service.clinical.proposals import DAILY_CHECK, DOSE_REVIEW, MEDICATION, TAPER_PLAN, TASK, Proposal
from cds_service.rendering.regimens import regimen_text
from cds_service.rendering.view import View


def one_of(alternatives: Collection[object]) -> str:
    """The end of a label's key: whether it is one of several that exclude each other."""
    return "-one-of" if len(alternatives) > 1 else ""


def proposal_text(view: View, proposal: Proposal, beside: Sequence[Proposal] = ()) -> str:
    """What would be created, as a draft to be checked and signed; `beside`: all that is offered with it.

    Of several drugs for one action only one is meant, and an EHR lets any of them be taken together.
    """
    if proposal.action in (TAPER_PLAN, DAILY_CHECK, DOSE_REVIEW):
        drug = view.wording.word(f"advice.drug.{proposal.about}") if proposal.about else ""
        until = f"{proposal.until:%d %b}" if proposal.until else ""
        return view.say(f"suggestions.label.{proposal.action}", drug=drug, until=until, source=proposal.source)
    if proposal.kind == TASK and proposal.due is not None:
        return view.say("suggestions.label.task", instrument=view.instrument, time=view.at(proposal.due))
    if proposal.kind == MEDICATION and proposal.regimen is not None:
        drugs = [other for other in beside if (other.kind, other.action) == (MEDICATION, proposal.action)]
        key = f"medication{'-instead' if proposal.replaces else ''}{one_of(drugs)}"
        drug = view.say("suggestions.label.and").join(
            view.wording.word(f"advice.drug.{one}") for one in proposal.replaces
        )
        conditions = (view.say("advice.regimen.if-no-crs"),) if proposal.if_no_crs else ()
        regimen = ", ".join((regimen_text(view, proposal.regimen), *conditions))
        return view.say(f"suggestions.label.{key}", regimen=regimen, drug=drug, source=proposal.source)
    action = view.say(f"advice.action.{proposal.action}")
    return view.say("suggestions.label.service", action=action, source=proposal.source)
