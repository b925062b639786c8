"""The review when a corticosteroid does not help (rule E2)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.drafts.escalation import Escalation
from cds_service.clinical.tables.advice import Regimen
from cds_service.rendering.status_card.treatment import drugs_text, last_given
from cds_service.rendering.words.advice import advice_lines, capital
from cds_service.rendering.words.regimens import number, regimen_text
from cds_service.rendering.words.view import View


def review_blocks(view: View, found: Escalation) -> Iterator[str]:
    """What was given, the grade then and now, the next options with their evidence, and other causes to consider."""
    options = [f"- {line}" for line in _options(view, found)]
    yield view.say(f"escalation.detail.{_key(found)}", **_figures(view, found))
    yield _given(view, found)
    yield "\n".join((view.say("escalation.detail.next"), *options))
    evidence = "\n".join(_evidence(view, found))
    if evidence:
        yield evidence
    yield view.say("escalation.detail.else")


def _options(view: View, found: Escalation) -> Iterator[str]:
    """Corticosteroids that may exceed what was given, and the refractory options."""
    yield from advice_lines(view, found.options)
    yield from _not_drafted(view, found)
    yield from map(capital, without_weight(view, found))
    if not found.has_corticosteroid:
        yield view.say("escalation.detail.per-protocol")


def _not_drafted(view: View, found: Escalation) -> Iterator[str]:
    """Why a dose is not drafted: its lowest amount is not known to exceed what was given."""
    if found.not_drafted:
        regimens = view.say("advice.regimen.or").join(
            dict.fromkeys(regimen_text(view, one) for one in found.not_drafted)
        )
        key = "not-drafted" if found.given_mg is not None else "not-drafted-unknown"
        yield view.say(f"escalation.detail.{key}", regimens=regimens, given=number(round(found.given_mg or 0, 1)))


def without_weight(view: View, found: Escalation) -> Iterator[str]:
    """The drugs whose doses by weight are no options, because no weight is known."""
    drugs = dict.fromkeys(view.drug(one.drug) for one in found.without_weight)
    if drugs:
        yield view.say("escalation.detail.no-weight", drugs=", ".join(drugs))


def _evidence(view: View, found: Escalation) -> Iterator[str]:
    """The published evidence, one line each, and refractory options without checked evidence."""
    for row in found.evidence:
        drug = view.drug(row.drug)
        yield view.say("escalation.detail.evidence", drug=drug, effect=row.effect, source=row.provenance.source)
    unproven = dict.fromkeys(_named(view, one) for one in found.without_evidence)
    if unproven:
        yield view.say("escalation.detail.no-evidence", drugs=", ".join(unproven))


def _named(view: View, regimen: Regimen) -> str:
    """A drug without its dose, with the drug that it is combined with."""
    drug = view.drug(regimen.drug)
    if not regimen.plus:
        return drug
    route = view.say(f"escalation.route.{regimen.route}") if regimen.route else ""
    return view.say("escalation.detail.combined", route=route, drug=drug, plus=view.drug(regimen.plus))


def _key(found: Escalation) -> str:
    return str(found.review.why)


def _figures(view: View, found: Escalation) -> dict[str, object]:
    review = found.review
    return {
        "hours": view.clock.hours_since(review.since),
        "drug": ", ".join(map(view.drug, found.given.drugs)),
        "then": review.before,
        "now": view.evaluation.icans.beyond_baseline.all.lo,
    }


def _given(view: View, found: Escalation) -> str:
    """Each drug with its amounts, how often, and when last."""
    last = last_given(view, found.given)
    return view.say("escalation.detail.given", doses=drugs_text(view, found.given.recent), last=last)
