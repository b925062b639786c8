"""The second card: a corticosteroid that does not help (rule E2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.advice.options import CORTICOSTEROID
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.escalation import GivenSteroid, failed_steroid
from cds_service.clinical.drafts.steroid_choice import waits
from cds_service.clinical.tables.regimen import Regimen
from cds_service.rendering.status_card.treatment import drugs_text
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.footer import footer_lines
from cds_service.rendering.words.regimens import number, regimen_text
from cds_service.rendering.words.view import View

REFRACTORY = "refractory-options"
TREATMENTS = (REFRACTORY, CORTICOSTEROID)


def escalation_summary(view: View) -> str:
    """How long, on what, at which grade."""
    return view.say(f"escalation.summary.{_key(view)}", **_figures(view))


def escalation_detail(view: View) -> str:
    """What was given, the grade then and now, the next options, and what else to think of."""
    options = [f"- {line}" for line in _options(view)]
    blocks = (
        [view.say(f"escalation.detail.{_key(view)}", **_figures(view))],
        [_given(view)],
        [view.say("escalation.detail.next"), *options],
        list(_evidence(view)),
        [view.say("escalation.detail.else")],
        footer_lines(view),
    )
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _options(view: View) -> Iterator[str]:
    """Corticosteroids that may be more than what was given, and the refractory options."""
    steps = [entry for entry in _offered(view) if entry.row.action in TREATMENTS]
    stronger = list(_stronger(steps, failed_steroid(view.evaluation)))
    yield from advice_lines(view, stronger)
    yield from _not_drafted(view, stronger)
    if not any(entry.row.action == CORTICOSTEROID for entry in stronger):
        yield view.say("escalation.detail.per-protocol")


def _not_drafted(view: View, entries: Iterable[Advice]) -> Iterator[str]:
    """Why a dose that may be more is no draft: nobody can tell that the least of it is more than what was given."""
    failed = failed_steroid(view.evaluation)
    offered = (one for entry in entries if entry.row.action == CORTICOSTEROID for one in _due(view, entry))
    unclear = [one for one in offered if failed is not None and one.has_dose and not failed.is_less_than(one)]
    if unclear and failed is not None:
        regimens = view.say("advice.regimen.or").join(dict.fromkeys(regimen_text(view, one) for one in unclear))
        key = "not-drafted" if failed.mg is not None else "not-drafted-unknown"
        yield view.say(f"escalation.detail.{key}", regimens=regimens, given=number(round(failed.mg or 0, 1)))


def _due(view: View, entry: Advice) -> tuple[Regimen, ...]:
    return () if waits(view.evaluation, entry.row) else entry.regimens


def _stronger(entries: Iterable[Advice], failed: GivenSteroid | None) -> Iterator[Advice]:
    """Entries without the regimens that are no more than what has failed; one with none left is left out."""
    for entry in entries:
        dosed = any(regimen.has_dose for regimen in entry.regimens)
        if failed is None or entry.row.action != CORTICOSTEROID or not dosed:
            yield entry
        elif left := tuple(regimen for regimen in entry.regimens if failed.may_be_less_than(regimen)):
            yield entry._replace(regimens=left)


def _evidence(view: View) -> Iterator[str]:
    """What is published, a line each, and of which refractory options nothing was checked."""
    rows = [row for row in view.evaluation.chart.rules.refractory.evidence if row.provenance.verified]
    for row in rows:
        drug = view.wording.word(f"advice.drug.{row.drug}")
        yield view.say("escalation.detail.evidence", drug=drug, effect=row.effect, source=row.provenance.source)
    known = {row.drug for row in rows}
    regimens = (one for entry in _offered(view) if entry.row.action == REFRACTORY for one in entry.regimens)
    unchecked = [_named(view, one) for one in regimens if one.drug not in known]
    if unchecked:
        yield view.say("escalation.detail.no-evidence", drugs=", ".join(dict.fromkeys(unchecked)))


def _named(view: View, regimen: Regimen) -> str:
    """A drug without its dose, with the one that it is combined with."""
    drug, plus = (view.wording.word(f"advice.drug.{one}") for one in (regimen.drug, regimen.plus))
    return view.say("escalation.detail.combined", route=regimen.route, drug=drug, plus=plus) if regimen.plus else drug


def _offered(view: View) -> tuple[Advice, ...]:
    """For our grade; where another cause leaves none, for the grade if it is ICANS."""
    evaluation = view.evaluation
    conditional = evaluation.if_confirmed.advice if evaluation.if_confirmed else ()
    return evaluation.advice or conditional


def _key(view: View) -> str:
    given = view.evaluation.treatment.steroid
    return "worse" if given is not None and view.evaluation.icans.all.lo > given.grade_then else "no-better"


def _figures(view: View) -> dict[str, object]:
    evaluation, given = view.evaluation, view.evaluation.treatment.steroid
    if given is None:
        return {}
    hours = view.clock.hours_since(given.started)
    drug = given.doses[0].drug
    return {
        "hours": hours,
        "drug": drug,
        "then": given.grade_then,
        "now": evaluation.icans.all.lo,
        "place": "" if evaluation.day is None else view.say("escalation.place.day", day=evaluation.day),
    }


def _given(view: View) -> str:
    """Each drug with its amounts, how often, and when last."""
    given = view.evaluation.treatment.steroid
    if given is None:
        return ""
    return view.say("escalation.detail.given", doses=drugs_text(view, given.doses), last=view.at(given.doses[-1].time))
