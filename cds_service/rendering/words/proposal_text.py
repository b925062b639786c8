"""A proposal in words: Epic shows nothing else of a suggestion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cds_service.clinical.drafts.proposal import DAILY_CHECK, DOSE_REVIEW, MEDICATION, TAPER_PLAN, TASK, Proposal
from cds_service.clinical.order_checks.alert import Change
from cds_service.rendering.words.regimens import brief_regimen_text, dose_text, number, regimen_text
from cds_service.rendering.words.view import View

REQUESTS = (TAPER_PLAN, DAILY_CHECK, DOSE_REVIEW)


def one_of(alternatives: Collection[object]) -> str:
    """The end of a label's key: whether it is one of several that exclude each other."""
    return "-one-of" if len(alternatives) > 1 else ""


def proposal_text(view: View, proposal: Proposal, beside: Sequence[Proposal] = ()) -> str:
    """What would be created, as a draft to be checked and signed; `beside`: all that is offered with it.

    Of several drugs for one action only one is meant, and an EHR lets any of them be taken together.
    """
    if proposal.action in REQUESTS:
        return view.say(f"suggestions.label.{proposal.action}", source=proposal.source, **_request(view, proposal))
    if proposal.kind == TASK and proposal.due is not None:
        return view.say("suggestions.label.task", instrument=_assessed(view), time=view.at(proposal.due))
    if proposal.kind == MEDICATION and proposal.regimen is not None:
        drugs = [other for other in beside if (other.kind, other.action) == (MEDICATION, proposal.action)]
        key = f"medication{'-instead' if proposal.replaces else ''}{one_of(drugs)}"
        drug = view.say("suggestions.label.and").join(view.drug(one) for one in proposal.replaces)
        regimen = ", ".join((regimen_text(view, proposal.regimen), *_conditions(view, proposal)))
        return view.say(f"suggestions.label.{key}", regimen=regimen, drug=drug, source=proposal.source)
    action = view.say(f"advice.action.{proposal.action}")
    return view.say("suggestions.label.service", action=action, source=proposal.source)


def brief_proposal_text(view: View, proposal: Proposal, beside: Sequence[Proposal] = ()) -> str:
    """The same for a button: a drug with its dose and interval, without conditions and source."""
    if proposal.regimen is None:
        return view.say("suggestions.label.brief", what=view.say(f"advice.action.{proposal.action}"))
    drugs = [other for other in beside if (other.kind, other.action) == (MEDICATION, proposal.action)]
    return view.say(f"suggestions.label.brief{one_of(drugs)}", what=brief_regimen_text(view, proposal.regimen))


def order_text(view: View, offer: Proposal | Change) -> str:
    """What an order or a task says of itself; empty where its own words stay as they were sent.

    An EHR files it as the instruction or the name: nothing of a draft, a change or a source.
    """
    if isinstance(offer, Change):
        return _changed_text(view, offer)
    if offer.regimen is not None:
        instead = "-instead" if offer.replaces else ""
        drug = view.drug(offer.regimen.drug)
        return view.say(f"suggestions.order.dose{instead}", dose=dose_text(view, offer.regimen), drug=drug)
    if offer.action in REQUESTS:
        return view.say(f"suggestions.order.{offer.action}", **_request(view, offer))
    if offer.kind == TASK and offer.due is not None:
        return view.say("suggestions.order.task", instrument=_assessed(view), time=view.at(offer.due))
    return view.say(f"advice.action.{offer.action}")


def _changed_text(view: View, change: Change) -> str:
    if change.regimen is not None:
        return view.say("suggestions.order.dose", dose=dose_text(view, change.regimen))
    return view.say("suggestions.order.lower", dose=number(change.milligrams)) if change.milligrams else ""


def _assessed(view: View) -> str:
    """What is due: a score, or a neurological check."""
    due = view.evaluation.due
    return view.say(f"status.due.{due.kind}") if due else view.instrument


def _request(view: View, proposal: Proposal) -> dict[str, str]:
    """What a request that no guideline row makes is about."""
    return {
        "drug": view.drug(proposal.about) if proposal.about else "",
        "until": f"{proposal.until:%d %b}" if proposal.until else "",
    }


def _conditions(view: View, proposal: Proposal) -> Iterator[str]:
    """For whom it is meant, where the record does not tell."""
    if proposal.if_no_crs:
        yield view.say("advice.regimen.if-no-crs")
    if proposal.without_crs:
        yield view.say("advice.regimen.row-without-crs")
    if proposal.condition:
        yield view.say(f"advice.condition.{proposal.condition}")
