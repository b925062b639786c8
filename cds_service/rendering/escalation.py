"""The second card: a corticosteroid that does not help (rule E2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cds_service.clinical.facts import Administration
from cds_service.clinical.management import Advice
from cds_service.rendering.advice import advice_lines
from cds_service.rendering.footer import footer_lines
from cds_service.rendering.view import View

TREATMENTS = ("refractory-options", "corticosteroid")


def escalation_summary(view: View) -> str:
    """How long, on what, at which grade."""
    return view.say(f"escalation.summary.{_key(view)}", **_figures(view))


def escalation_detail(view: View) -> str:
    """What was given, the grade then and now, the next options, and what else to think of."""
    steps = [entry for entry in _offered(view) if entry.row.action in TREATMENTS]
    blocks = (
        [view.say(f"escalation.detail.{_key(view)}", **_figures(view))],
        [view.say("escalation.detail.given", doses="; ".join(_given(view)))],
        [view.say("escalation.detail.next"), *(f"- {line}" for line in advice_lines(view, steps))],
        [view.say("escalation.detail.else")],
        footer_lines(view),
    )
    return "\n\n".join("\n".join(block) for block in blocks)


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
        "day": evaluation.day,
    }


def _given(view: View) -> Iterator[str]:
    """Each drug with its amounts, how often, and when last."""
    doses = view.evaluation.treatment.steroid.doses if view.evaluation.treatment.steroid else ()
    for drug, count in Counter(dose.drug for dose in doses).items():
        own = [dose for dose in doses if dose.drug == drug]
        times = view.say(f"escalation.detail.{'once' if count == 1 else 'times'}", count=count)
        amount, last = _amounts(own), view.at(own[-1].time)
        yield view.say("escalation.detail.drug", drug=drug, amount=amount, times=times, last=last)


def _amounts(doses: list[Administration]) -> str:
    known = dict.fromkeys(f"{dose.milligrams:,g} mg" for dose in doses if dose.milligrams is not None)
    return ", ".join(known) or "amount not recorded"
