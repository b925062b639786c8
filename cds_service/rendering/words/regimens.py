"""Regimens, proposals and orders in words; of a suggestion, Epic shows nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.order_checks.alert import Change
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.vocabulary import Action, Orderable, Request
from cds_service.rendering.words.view import View


def regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with dose, route, interval and duration."""
    return " ".join(filter(None, (_drug(view, regimen.drug), dose_text(view, regimen))))


def dose_text(view: View, regimen: Regimen) -> str:
    """The same without the drug."""
    return " ".join((*_amount(view, regimen), *_frequency(view, regimen), *_after(view, regimen)))


def brief_regimen_text(view: View, regimen: Regimen) -> str:
    """A drug with its amount and frequency, for a button."""
    amount = replace(regimen, maximum_mg=None, bound="")
    parts = [_drug(view, regimen.drug), *_amount(view, amount)]
    if regimen.every_hours:
        parts.append(view.say("advice.regimen.every", hours=span(regimen.every_hours)))
    if regimen.per_day:
        parts.append(view.say("advice.regimen.per-day", times=times_a_day(view, regimen.per_day)))
    return " ".join(parts)


def times_a_day(view: View, values: Sequence[float]) -> str:
    """Once, twice, "3 times", "1-2 times"."""
    key = span(values)
    return view.say(f"advice.times.{key}") if key in ("1", "2") else view.say("advice.times.many", number=key)


def span(values: Iterable[float]) -> str:
    """One value, or from-to."""
    return "-".join(number(value) for value in values)


def number(value: float) -> str:
    """A number as a clinician writes it: 1,000."""
    return f"{value:,.10g}"


def _drug(view: View, drug: Drug) -> str:
    return view.drug(drug)


def _amount(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.bound:
        yield view.say(f"advice.bound.{regimen.bound}")
    yield from _milligrams(view, regimen)
    if regimen.mg_per_m2:
        yield view.say("advice.regimen.per-m2", amount=number(regimen.mg_per_m2))
    if regimen.mcg_per_day:
        yield view.say("advice.regimen.mcg-per-day", amount=number(regimen.mcg_per_day))
    if regimen.route:
        yield view.say(f"advice.route.{regimen.route}")
    if regimen.maximum_mg:
        yield view.say("advice.regimen.maximum", maximum=number(regimen.maximum_mg))


def _milligrams(view: View, regimen: Regimen) -> Iterator[str]:
    """An amount by weight, with the total: "8 mg/kg = 560 mg" (rule P2)."""
    amounts = (("per-kg", regimen.mg_per_kg), ("amount", regimen.mg))
    texts = (view.say(f"advice.regimen.{key}", amount=span(values)) for key, values in amounts if values)
    yield from filter(None, (" = ".join(texts),))


def _frequency(view: View, regimen: Regimen) -> Iterator[str]:
    if regimen.over_hours:
        yield view.say("advice.regimen.over", hours=number(regimen.over_hours))
    if regimen.every_hours:
        yield view.say("advice.regimen.every", hours=span(regimen.every_hours))
    if regimen.per_day:
        yield view.say("advice.regimen.per-day", times=times_a_day(view, regimen.per_day))
    if regimen.doses:
        yield view.say(f"advice.regimen.{'once' if regimen.doses == 1 else 'doses'}", doses=regimen.doses)
    if regimen.days:
        yield view.say(f"advice.regimen.days{'-or-longer' if regimen.or_longer else ''}", days=span(regimen.days))


def _after(view: View, regimen: Regimen) -> Iterator[str]:
    """The weight used for the calculation, what follows the first dose, and what is given with it."""
    weight = view.evaluation.profile.weight
    if regimen.mg and regimen.mg_per_kg and weight is not None:
        kg = number(round(float(weight.value), 1))
        yield view.say("advice.regimen.by-weight", weight=kg, date=view.clock.date(weight.time))
    if regimen.repeat_every_hours:
        yield view.say(f"advice.repeat-every.{regimen.repeat_if}", hours=span(regimen.repeat_every_hours))
    if regimen.repeat_after_days:
        yield view.say("advice.regimen.repeat-after", days=regimen.repeat_after_days)
    if regimen.then_mg_per_kg_per_day:
        daily = number(regimen.then_mg_per_kg_per_day)
        yield view.say("advice.regimen.then-daily", amount=daily, doses=regimen.then_doses_per_day)
    if regimen.then_mcg_per_day:
        amount = number(regimen.then_mcg_per_day)
        yield view.say("advice.regimen.then-mcg", amount=amount, days=regimen.then_after_days)
    if regimen.then:
        yield view.say(f"advice.then.{regimen.then}")
    if regimen.plus and regimen.plus_mg:
        yield view.say("advice.regimen.plus", drug=view.drug(regimen.plus), amount=number(regimen.plus_mg))


def drafted_text(view: View, regimen: Regimen, published: Regimen | None) -> str:
    """A drug with the one dose that is drafted, and what its source leaves to choose (rule P2)."""
    parts = [regimen_text(view, regimen)]
    if regimen.mg_per_kg and not regimen.mg:
        parts.append(view.say("advice.regimen.no-weight"))
    if published is not None and published.is_span:
        choice = replace(published, over_hours=None, doses=None, days=())
        span_text = " ".join((*_amount(view, choice), *_frequency(view, choice)))
        parts.append(view.say("advice.regimen.lowest-of", span=span_text))
    return ", ".join(parts)


def at_crs_1(view: View, action: Orderable, *, own: bool) -> str:
    """That practice differs on tocilizumab beside ICANS at a low grade of CRS (rule P1); empty for anything else."""
    differs = view.evaluation.crs_context.tocilizumab_differs and view.evaluation.icans.all.lo and not own
    return view.say("advice.regimen.crs-1") if differs and action is Action.TOCILIZUMAB else ""


def one_of(alternatives: Collection[object]) -> str:
    """The suffix of a label's key if it is one of several mutually exclusive proposals."""
    return "-one-of" if len(alternatives) > 1 else ""


def proposal_text(view: View, proposal: Proposal, beside: Sequence[Proposal] = ()) -> str:
    """What would be created, as a draft to be checked and signed; `beside`: all proposals offered with it.

    Several drugs for one action are alternatives, but an EHR lets a user accept any combination of them.
    """
    if isinstance(proposal.action, Request):
        return view.say(f"suggestions.label.{proposal.action}", source=proposal.source, **_request(view, proposal))
    if proposal.kind == ProposalKind.TASK and proposal.due is not None:
        return view.say(f"suggestions.label.task{_now(view)}", **_assessment(view, proposal.due))
    if proposal.kind == ProposalKind.MEDICATION and proposal.regimen is not None:
        drugs = [other for other in beside if (other.kind, other.action) == (ProposalKind.MEDICATION, proposal.action)]
        key = f"medication{'-instead' if proposal.replaces else ''}{one_of(drugs)}"
        drug = view.say("suggestions.label.and").join(view.drug(one) for one in proposal.replaces)
        dose = drafted_text(view, proposal.regimen, proposal.published)
        regimen = ", ".join((dose, *_conditions(view, proposal)))
        return view.say(f"suggestions.label.{key}", regimen=regimen, drug=drug, source=proposal.source)
    if not proposal.source:
        return brief_proposal_text(view, proposal)
    action = view.say(f"advice.action.{proposal.action}")
    return view.say("suggestions.label.service", action=action, source=proposal.source)


def brief_proposal_text(view: View, proposal: Proposal, beside: Sequence[Proposal] = ()) -> str:
    """The same for a button: a drug with dose and interval, without conditions and source."""
    if isinstance(proposal.action, Request):
        return view.say(f"suggestions.brief.{proposal.action}", **_request(view, proposal))
    if proposal.regimen is None:
        return view.say("suggestions.label.brief", what=view.say(f"advice.action.{proposal.action}"))
    drugs = [other for other in beside if (other.kind, other.action) == (ProposalKind.MEDICATION, proposal.action)]
    return view.say(
        f"suggestions.label.brief{one_of(drugs)}", what=brief_dose_text(view, proposal.regimen, proposal.published)
    )


def brief_dose_text(view: View, regimen: Regimen, published: Regimen | None) -> str:
    """A drafted dose for a button: the lowest dose of a range is named as such, in place of its amount per kg."""
    if published is None or not published.is_span:
        return brief_regimen_text(view, regimen)
    dose = replace(regimen, mg_per_kg=()) if regimen.mg else regimen
    return view.say("suggestions.label.lowest", what=brief_regimen_text(view, dose))


def order_text(view: View, offer: Proposal | Change) -> str:
    """The text of the order or task itself; empty if its own text is kept as sent.

    An EHR stores it as the instruction or the name, so it mentions no draft, change or source.
    """
    if isinstance(offer, Change):
        return _changed_text(view, offer)
    if offer.regimen is not None:
        instead = "-instead" if offer.replaces else ""
        drug = view.drug(offer.regimen.drug)
        return view.say(f"suggestions.order.dose{instead}", dose=dose_text(view, offer.regimen), drug=drug)
    if isinstance(offer.action, Request):
        return view.say(f"suggestions.order.{offer.action}", **_request(view, offer))
    if offer.kind == ProposalKind.TASK and offer.due is not None:
        return view.say(f"suggestions.order.task{_now(view)}", **_assessment(view, offer.due))
    return view.say(f"advice.action.{offer.action}")


def _changed_text(view: View, change: Change) -> str:
    if change.regimen is not None:
        return view.say("suggestions.order.dose", dose=dose_text(view, change.regimen))
    return view.say("suggestions.order.lower", dose=number(change.milligrams)) if change.milligrams else ""


def _assessment(view: View, due: datetime) -> dict[str, str]:
    """What is due, a score or a neurological check, and when."""
    return {"instrument": view.due, "time": view.at(due)}


def _now(view: View) -> str:
    """The end of the key for what is due now."""
    due = view.evaluation.due
    return "-now" if due is not None and due.now else ""


def _request(view: View, proposal: Proposal) -> dict[str, str]:
    """The subject of a request that no guideline row makes."""
    return {
        "drug": view.drug(proposal.about) if proposal.about else "",
        "until": f"{proposal.until:%d %b}" if proposal.until else "",
    }


def _conditions(view: View, proposal: Proposal) -> Iterator[str]:
    """For which patients it is meant, if the record does not tell."""
    if proposal.if_no_crs:
        yield view.say("advice.regimen.if-no-crs")
    if proposal.without_crs:
        yield view.say("advice.regimen.row-without-crs")
    yield from filter(None, (at_crs_1(view, proposal.action, own=proposal.own),))
    if proposal.condition:
        yield view.say(f"advice.condition.{proposal.condition}")
