"""What was given so far, and what came of it (rules E1-E5, C5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cds_service.clinical.drugs_so_far import DrugSoFar
from cds_service.clinical.facts import Administration
from cds_service.clinical.management import TOCILIZUMAB
from cds_service.clinical.steroids import SteroidTreatment, dexamethasone_equivalent
from cds_service.rendering.view import View


def treatment_lines(view: View) -> Iterator[str]:
    """One paragraph; none where nothing was given."""
    treatment = view.evaluation.treatment
    sentences = [
        *(_steroid(view, treatment.steroid) if treatment.steroid else ()),
        *_tocilizumab(view),
        *(_drug(view, one) for one in treatment.immunosuppressants),
        *(_recent(view, one) for one in treatment.supportive),
    ]
    if sentences:
        yield " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)


def drugs_text(view: View, doses: Sequence[Administration]) -> str:
    """Each drug with its amounts and how often."""
    parts = []
    for drug, count in Counter(dose.drug for dose in doses).items():
        known = [dose.milligrams for dose in doses if dose.drug == drug and dose.milligrams is not None]
        amount = ", ".join(dict.fromkeys(f"{mg:,g} mg" for mg in known)) or view.say("treatment.steroid.unmeasured")
        times = view.say(f"treatment.steroid.{'once' if count == 1 else 'times'}", count=count)
        parts.append(view.say("treatment.steroid.drug", drug=drug, amount=amount, times=times))
    return ", ".join(parts)


def _steroid(view: View, given: SteroidTreatment) -> Iterator[str]:
    """Drug, dose, first and last, the equivalent in 24 h, the response, and the watch for flare."""
    treatment, rules = view.evaluation.treatment, view.evaluation.chart.rules.decisions.steroids
    values = {"time": view.at(given.started), "last": view.at(given.doses[-1].time)}
    text = view.say("treatment.steroid.given", doses=drugs_text(view, given.doses), **values)
    total = dexamethasone_equivalent(given.given_recently, rules.dexamethasone_equivalent_mg)
    if total is not None:
        text += f"; {view.say('treatment.steroid.equivalent', mg=f'{total:,.3g}')}"
    yield text
    if treatment.better is not None:
        key = "better" if treatment.better else "no-better"
        now, hours = view.evaluation.icans.all.lo, view.clock.hours_since(given.started)
        yield view.say(f"treatment.steroid.{key}", hours=hours, then=given.grade_then, now=now)
    if treatment.watch_for_flare:
        yield view.say("treatment.steroid.flare")


def _tocilizumab(view: View) -> Iterator[str]:
    """The count, where no advice line has it already."""
    so_far, advised = view.evaluation.treatment.tocilizumab, {one.row.action for one in view.evaluation.advice}
    if so_far.last is not None and TOCILIZUMAB not in advised:
        values = {"day": so_far.last_day, "total": so_far.total, "last": view.at(so_far.last)}
        yield view.say("treatment.tocilizumab.given", **values)


def _drug(view: View, given: DrugSoFar) -> str:
    times = view.say(f"treatment.steroid.{'once' if given.doses == 1 else 'times'}", count=given.doses)
    return view.say("treatment.drug.given", drug=given.drug, count=times, last=view.at(given.last))


def _recent(view: View, given: DrugSoFar) -> str:
    if given.running:
        return view.say("treatment.drug.running", drug=given.drug, time=view.at(given.last))
    return view.say("treatment.drug.recent", drug=given.drug, last=view.at(given.last))
