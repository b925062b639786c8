"""Risk factors in one paragraph: those present with their values, those looked for in vain, what could be measured."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.risk.factor import Measure, RiskFactor, State
from cds_service.clinical.risk.summary import WITHOUT_WEIGHT
from cds_service.rendering.view import View

# Told by another factor, where that is present.
TOLD_BY = {"tumour-burden": "ldh", "fludarabine": "fludarabine-renal"}
# Those that do not belong to a time that is over, such as before lymphodepletion; in the order of the texts.
MEASURABLE = ("ferritin", "fibrinogen", "crp")
CELSIUS = "Cel"
FLUDARABINE, RENAL, CLEARANCE = "fludarabine", "fludarabine-renal", "clearance"


def risk_lines(view: View) -> Iterator[str]:
    """One line; none where there is no therapy."""
    counted = [factor for factor in view.evaluation.risk if factor.name not in WITHOUT_WEIGHT]
    if not counted:
        return
    present = {factor.name: factor for factor in counted if factor.state is State.PRESENT}
    told = [_present(view, factor) for name, factor in present.items() if TOLD_BY.get(name) not in present]
    absent = [view.say(f"risk.name.{factor.name}") for factor in counted if factor.state is State.ABSENT]
    missing = {factor.name for factor in counted if factor.state is State.UNKNOWN and not factor.measures}
    values = [view.say(f"risk.measurable.{name}") for name in MEASURABLE if name in missing]
    sentences = [
        view.say("risk.line.present", factors=", ".join(told)) if told else view.say("risk.line.none"),
        view.say("risk.line.absent", factors=", ".join(absent)) if absent else "",
        view.say("risk.line.unknown", values=", ".join(values)) if values else "",
        _context(view),
    ]
    yield " ".join(filter(None, sentences))


def _present(view: View, factor: RiskFactor) -> str:
    values = {measure.name.split(" ")[0]: _value(view, measure) for measure in factor.measures}
    first = _value(view, factor.measures[0]) if factor.measures else ""
    if factor.name == FLUDARABINE and "cumulative" not in values:
        return view.say("risk.present.fludarabine-unmeasured")
    if factor.name == RENAL and "cumulative" not in values:
        first = ""
    text = view.say(f"risk.present.{factor.name}", value=first, clearance=values.get(CLEARANCE, ""))
    return " ".join(text.split())


def _context(view: View) -> str:
    """A young age is said without being counted: the evidence is inconsistent."""
    ages = (one for one in view.evaluation.risk if one.name in WITHOUT_WEIGHT and one.state is State.PRESENT)
    return " ".join(view.say("risk.line.age", value=one.measures[0].value) for one in ages)


def _value(view: View, measure: Measure) -> str:
    number = round(measure.value, 1) if measure.unit == CELSIUS and isinstance(measure.value, float) else measure.value
    value = f"{number:,.4g}" if isinstance(number, int | float) else number
    return f"{value} {view.wording.word(f'status.unit.{measure.unit}')}".strip() if measure.unit else value
