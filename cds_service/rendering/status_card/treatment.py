"""The treatment so far, and the response to it (rules E1-E5, C5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.episode import AroseOn, SteroidTreatment
from cds_service.clinical.treatment.may_lower import MayLower
from cds_service.clinical.treatment.so_far import DrugSoFar
from cds_service.clinical.treatment.steroids import Equivalent, SteroidsGiven, known_doses
from cds_service.rendering.words.view import View


def treatment_lines(view: View) -> Iterator[str]:
    """One paragraph; none if nothing was given."""
    treatment = view.evaluation.treatment
    sentences = [
        *(_steroid(view, treatment.steroid) if treatment.steroid else _other_steroids(view, treatment.steroids)),
        *(_arose_on(view, treatment.arose_on) if treatment.arose_on else ()),
        *_tocilizumab(view),
        *(_drug(view, one) for one in treatment.immunosuppressants),
        *(recent_text(view, one) for one in treatment.supportive),
    ]
    if sentences:
        yield " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)


def drugs_text(view: View, doses: Sequence[Administration]) -> str:
    """Each drug with its amounts and how often; doses of unknown amount are counted separately."""
    parts = []
    for drug in dict.fromkeys(dose.drug for dose in doses):
        given = [dose for dose in doses if dose.drug == drug]
        known = known_doses(given)
        measured = ", ".join(dict.fromkeys(f"{dose.milligrams:,g} mg" for dose in known))
        counted = ((measured, len(known)), (view.say("treatment.steroid.unmeasured"), len(given) - len(known)))
        amounts = (f"{amount} ({_times(view, count)})" for amount, count in counted if count)
        parts.append(view.say("treatment.steroid.drug", drug=view.drug(drug), amounts=", ".join(amounts)))
    return ", ".join(parts)


def _steroid(view: View, given: SteroidTreatment) -> Iterator[str]:
    """Drug, dose, first and last, the equivalent in 24 h, the response, and the watch for flare."""
    treatment = view.evaluation.treatment
    values = {"time": view.at(given.started), "last": last_given(view, treatment.steroids)}
    text = view.say("treatment.steroid.given", doses=drugs_text(view, given.doses), **values)
    yield "; ".join((text, *_equivalent(view, treatment.steroids.equivalent)))
    grades = {
        "then": given.grade_then,
        "now": view.evaluation.icans.all.lo,
        "hours": view.clock.hours_since(given.started),
    }
    if treatment.flare_from is not None:
        yield view.say("treatment.steroid.worse-again", best=treatment.flare_from, **grades)
    elif treatment.better is not None:
        yield view.say(f"treatment.steroid.{'better' if treatment.better else 'no-better'}", **grades)
    if treatment.watch_for_flare:
        yield view.say("treatment.steroid.flare")


def _other_steroids(view: View, given: SteroidsGiven) -> Iterator[str]:
    """What was given in the last 24 h other than for an episode of ICANS."""
    if given.recent:
        values = {"doses": drugs_text(view, given.recent), "last": last_given(view, given)}
        yield "; ".join((view.say("treatment.steroid.recent", **values), *_equivalent(view, given.equivalent)))


def _arose_on(view: View, arose: AroseOn) -> Iterator[str]:
    amounts = "; ".join(_equivalent(view, arose.equivalent)) or view.say("treatment.steroid.unmeasured")
    yield view.say("treatment.steroid.arose-on", drugs=", ".join(arose.drugs), amounts=amounts)


def last_given(view: View, given: SteroidsGiven) -> str:
    """The time of the last dose, or the end of the last infusion; or that one is running."""
    return view.say("treatment.steroid.running") if given.last is None else view.at(given.last)


def _equivalent(view: View, known: Equivalent | None) -> Iterator[str]:
    """The 24 h total as dexamethasone; a lower bound if the amount of a dose is unknown."""
    if known is not None:
        key = "equivalent-at-least" if known.is_least else "equivalent"
        yield view.say(f"treatment.steroid.{key}", mg=f"{known.mg:,.3g}")


def _tocilizumab(view: View) -> Iterator[str]:
    """The number of doses, unless a line of advice already states it."""
    so_far, advised = view.evaluation.treatment.tocilizumab, {one.row.action for one in view.evaluation.advice}
    if so_far.last is not None and Action.TOCILIZUMAB not in advised:
        values = {"day": so_far.last_day, "total": so_far.total, "last": view.at(so_far.last)}
        yield view.say("treatment.tocilizumab.given", **values)


def _drug(view: View, given: DrugSoFar) -> str:
    return view.say(
        "treatment.drug.given", drug=view.drug(given.drug), count=_times(view, given.doses), last=view.at(given.last)
    )


def _times(view: View, count: int) -> str:
    return view.say(f"treatment.steroid.{'once' if count == 1 else 'times'}", count=count)


def recent_text(view: View, given: DrugSoFar | MayLower) -> str:
    """A drug with the time when it was last given, or since when it has been running."""
    if given.running and not given.start_known:
        return view.say("treatment.drug.running-undated", drug=view.drug(given.drug))
    if given.running:
        return view.say("treatment.drug.running", drug=view.drug(given.drug), time=view.at(given.last))
    return view.say("treatment.drug.recent", drug=view.drug(given.drug), last=view.at(given.last))
