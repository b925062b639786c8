"""Risk factors as lines: present ones with value, time and published effect, then absent ones, then unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.risk.factor import Measure, Point, Quantity, RiskFactor, State
from cds_service.clinical.risk.summary import WITHOUT_WEIGHT
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import closed_up

# Values that can still be measured, unlike those from before lymphodepletion; in the order of the texts.
MEASURABLE = ("ferritin", "fibrinogen", "crp")
# Factors that are not named if another one, which implies them, is present.
IMPLIED_BY = {"tumour-burden": "ldh"}
# Factors whose values need the name of what was measured, or the time that they stand for.
NAMED = frozenset({"crs", "prior-icans", "tumour-burden"})
DIAGNOSED = frozenset({"neurological-history", "medical-history", "cns-disease"})
CELSIUS = "Cel"
FLUDARABINE = "fludarabine"
# Factors whose name already gives the time if they are unknown.
BEFORE_LYMPHODEPLETION = frozenset({"platelets", "ldh"})


def risk_title(view: View) -> str:
    """The heading of the lines."""
    return view.say("risk.line.title")


def risk_lines(view: View) -> Iterator[str]:
    """A line for each factor that is present, and one for all others of each state; none without a therapy."""
    counted = view.evaluation.risk.shown
    if not counted:
        return
    present = {factor.name: factor for factor in counted if factor.state is State.PRESENT}
    shown = [factor for name, factor in present.items() if IMPLIED_BY.get(name) not in present]
    yield from (_with_effect(view, factor) for factor in shown) if shown else [view.say("risk.line.none")]
    absent = [view.say(f"risk.name.{factor.name}") for factor in counted if factor.state is State.ABSENT]
    if absent:
        yield view.say("risk.line.absent", factors=", ".join(absent))
    yield from _unknown(view, [factor for factor in counted if factor.state is State.UNKNOWN])
    yield from _context(view)


def _with_effect(view: View, factor: RiskFactor) -> str:
    """What is on record, then the published effect and its source."""
    row = view.evaluation.risk.published[factor.name]
    said = row.provenance
    key = "factor" if said.verified else "factor-unconfirmed"
    effect = view.say("risk.line.caution", effect=row.effect, caution=row.caution) if row.caution else row.effect
    return view.say(f"risk.line.{key}", what=_present(view, factor), effect=effect, source=said.source)


def _present(view: View, factor: RiskFactor) -> str:
    values = {measure.name: value_text(view, measure) for measure in factor.measures}
    first = value_text(view, factor.measures[0]) if factor.measures else ""
    if factor.name == FLUDARABINE and Quantity.CUMULATIVE not in values:
        return view.say("risk.present.fludarabine-unmeasured", time=_time(view, factor.measures))
    label = values.get(Quantity.LABEL, "")
    texts = {
        "value": _measures(view, factor) if factor.name in NAMED else first,
        "dose": values.get(Quantity.CUMULATIVE, ""),
        "label": view.say("risk.line.label", label=label) if label else "",
        "clearance": values.get(Quantity.CLEARANCE, ""),
        "limit": f"{view.evaluation.risk.renal_limit:g}",
        "egfr": values.get(Quantity.EGFR, ""),
        "diagnoses": ", ".join(_diagnoses(view, factor)),
        "time": _time(view, factor.measures),
    }
    return closed_up(view.say(f"risk.present.{factor.name}", **texts))


def _diagnoses(view: View, factor: RiskFactor) -> Iterator[str]:
    """The names of the diagnoses on record, if the factor is based on diagnoses alone."""
    if factor.name in DIAGNOSED:
        yield from (view.say(f"status.value.{measure.name}") for measure in factor.measures)


def _unknown(view: View, factors: list[RiskFactor]) -> Iterator[str]:
    """Values that could not be judged; separately, what is not on record, and what can still be measured."""
    unjudged = [_not_known(view, one) for one in factors if one.measures]
    if unjudged:
        yield view.say("risk.line.unjudged", factors=", ".join(unjudged))
    missing = {one.name: _not_known(view, one) for one in factors if not one.measures}
    if missing:
        measurable = ", ".join(missing[name] for name in MEASURABLE if name in missing)
        shown = view.say("risk.line.unknown", factors=", ".join(missing.values()))
        yield f"{shown} {view.say('risk.line.measurable', values=measurable)}" if measurable else shown


def _not_known(view: View, factor: RiskFactor) -> str:
    """Its name and values, without a time point that the name already gives."""
    name = view.say(f"risk.unknown.{factor.name}")
    named = factor.name in BEFORE_LYMPHODEPLETION
    measures = (one._replace(at=None) if named and one.at == (Point.BEFORE, 0) else one for one in factor.measures)
    return f"{name} {_measures(view, factor._replace(measures=tuple(measures)))}".strip()


def _context(view: View) -> Iterator[str]:
    """A young age is stated without being counted: the evidence is inconsistent."""
    risk = view.evaluation.risk
    for one in risk.factors:
        if one.name in WITHOUT_WEIGHT and one.state is State.PRESENT:
            row = risk.published[one.name]
            texts = {"value": one.measures[0].value, "effect": row.effect, "source": row.provenance.source}
            yield view.say("risk.line.age", **texts)


def _measures(view: View, factor: RiskFactor) -> str:
    """Every value with its name if the factor needs it, the time point it stands for, and its time."""
    return ", ".join(_measure(view, one, named=factor.name in NAMED) for one in factor.measures)


def _measure(view: View, measure: Measure, *, named: bool) -> str:
    name = view.say(f"risk.measure.{measure.name}") if named else ""
    point = view.say(f"risk.point.{measure.at.point}", number=measure.at.number) if measure.at else ""
    return " ".join(filter(None, (name, value_text(view, measure), point, _time(view, [measure]))))


def _time(view: View, measures: Iterable[Measure]) -> str:
    """The time of the first that has one, in brackets."""
    times = (measure.time for measure in measures if measure.time)
    return next((f"({view.at_briefly(time)})" for time in times), "")


def value_text(view: View, measure: Measure) -> str:
    """A value in the unit that the ward uses."""
    if measure.name == Quantity.PRODUCT:
        return view.product
    number = round(measure.value, 1) if measure.unit == CELSIUS and isinstance(measure.value, float) else measure.value
    value = f"{measure.comparator}{number:,.10g}" if isinstance(number, int | float) else number
    return f"{value} {view.say(f'status.unit.{measure.unit}')}".strip() if measure.unit else value
