"""Fludarabine before the cells: the dose, its comparison with the label, and a missing reduction at low clearance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.patient import Administration, PatientFacts
from cds_service.clinical.risk.body import BodySurface, KidneyFunction, body_surface, kidney_function
from cds_service.clinical.risk.factor import InCourse, Measure, Quantity, RiskFactor, State, judged, sources_of, unknown
from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.risk import FludarabineTable, LabelDose

FLUDARABINE, RENAL = Drug(Concept("fludarabine")), "fludarabine-renal"


class Lymphodepletion(NamedTuple):
    """What was given before the first dose of the course: all drugs, and the fludarabine doses without duplicates."""

    start: datetime
    drugs: tuple[Drug, ...]
    fludarabine: tuple[Administration, ...]


class Exposure(NamedTuple):
    """Cumulative fludarabine. `mg_per_m2` is None if an amount or the body surface area is not on record."""

    mg: float | None
    mg_per_m2: float | None
    surface: BodySurface | None


def lymphodepletion(at: InCourse) -> Lymphodepletion | None:
    """The drugs given in the days before the course; None if none is on record."""
    since, names = at.start - at.table.time.before, at.table.lymphodepletion.drugs
    given = [dose for dose in at.chart.administrations if since <= dose.time < at.start and dose.drug in names]
    if not given:
        return None
    fludarabine = _each_once([dose for dose in given if dose.drug == FLUDARABINE], at.chart.rules.risk.fludarabine)
    return Lymphodepletion(given[0].time, tuple(dict.fromkeys(dose.drug for dose in given)), fludarabine)


def exposure(at: InCourse, given: Lymphodepletion) -> Exposure:
    """The doses in total, and per m2."""
    surface = body_surface(at.chart.facts, given.fludarabine[0].time, at.moment, at.chart.rules.risk.fludarabine)
    amounts = [dose.milligrams if dose.complete else None for dose in given.fludarabine]
    known = [amount for amount in amounts if amount is not None]
    mg = sum(known) if len(known) == len(amounts) else None
    return Exposure(mg, mg / surface.m2 if mg is not None and surface else None, surface)


def label_doses(facts: PatientFacts, product: ProductKey | None, table: FludarabineTable) -> tuple[LabelDose, ...]:
    """The label's rows for a product and this patient's diagnosis; several if the diagnosis leaves them open."""
    rows = tuple(row for row in table.label if row.product == product)
    present = {diagnosis.concept for diagnosis in facts.diagnoses if not diagnosis.refuted}
    fitting = tuple(row for row in rows if row.indication in present)
    return fitting if len(fitting) == 1 else rows


def is_unreduced(dose: float, label: Iterable[float], clearance: float, table: FludarabineTable) -> bool | None:
    """Whether a dose per m2 was not reduced although the clearance (mL/min) requires it; None without a label dose.

    If several label doses are possible, the lowest decides. Below the clearance at which none may be given, every dose
    is unreduced.
    """
    if clearance < table.renal.none_below:
        return True
    full = min(label, default=None)
    if full is None:
        return None if clearance < table.renal.limit else False
    return clearance < table.renal.limit and dose >= table.dose.unreduced_from * full


def fludarabine_factor(at: InCourse) -> RiskFactor:
    """Whether lymphodepletion included fludarabine, and how much per m2."""
    given = lymphodepletion(at)
    if given is None:
        reason = "lymphodepletion not on record" if at.chart.facts.drugs_checked else "drugs not looked up"
        return unknown(FLUDARABINE, reason)
    if not given.fludarabine:
        others = Measure(" and ".join(given.drugs), "without fludarabine", time=given.start)
        return RiskFactor(FLUDARABINE, State.ABSENT, (others,), "other lymphodepletion")
    doses = Measure(Quantity.DOSES, len(given.fludarabine), time=given.fludarabine[0].time)
    sources = tuple(dict.fromkeys(dose.source for dose in given.fludarabine if dose.source))
    total = exposure(at, given)
    if total.mg_per_m2 is None or total.surface is None:
        reason = "amount not on record" if total.mg is None else "body surface not on record"
        return RiskFactor(FLUDARABINE, State.PRESENT, (doses,), reason, sources)
    measures = (Measure(Quantity.CUMULATIVE, round(total.mg_per_m2), "mg/m2"), doses, *_label(at))
    sources += sources_of(total.surface.records)
    return RiskFactor(FLUDARABINE, State.PRESENT, measures, f"body surface {total.surface.method}", sources)


def renal_factor(at: InCourse) -> RiskFactor:
    """Whether fludarabine was not reduced although renal function required it."""
    given = lymphodepletion(at)
    if given is None or not given.fludarabine:
        return unknown(RENAL, "no fludarabine on record")
    rules, first = at.chart.rules.risk.fludarabine, given.fludarabine[0].time
    kidney = kidney_function(at.chart.facts, first, at.moment, at.table.time.before, rules)
    measures, sources = kidney_measures(kidney), sources_of(kidney.records)
    if kidney.clearance is None:
        return RiskFactor(RENAL, State.UNKNOWN, measures, f"not on record: {', '.join(kidney.missing)}", sources)
    total = exposure(at, given)
    labels = [row.total for row in _rows(at)]
    if kidney.clearance >= rules.renal.limit:
        return RiskFactor(RENAL, State.ABSENT, measures, "clearance not low", sources)
    if total.mg_per_m2 is None and kidney.clearance >= rules.renal.none_below:
        return RiskFactor(RENAL, State.UNKNOWN, measures, "cumulative dose per m2 not known", sources)
    unreduced = is_unreduced(total.mg_per_m2 or 0, labels, kidney.clearance, rules)
    reason = {True: "not reduced", False: _reduced(total, labels), None: "no label dose for this product"}[unreduced]
    cumulative = () if total.mg_per_m2 is None else (Measure(Quantity.CUMULATIVE, round(total.mg_per_m2), "mg/m2"),)
    return RiskFactor(RENAL, judged(present=unreduced), (*cumulative, *_label(at), *measures), reason, sources)


def _reduced(total: Exposure, labels: Sequence[float]) -> str:
    """The extent of the reduction: even a reduced dose may exceed what a label allows at this clearance."""
    return f"reduced to {(total.mg_per_m2 or 0) / min(labels, default=1):.2f} of the label's dose"


def kidney_measures(kidney: KidneyFunction) -> tuple[Measure, ...]:
    """Both estimates by name, with the time of the creatinine."""
    time = kidney.creatinine.time if kidney.creatinine else None
    named = (
        Measure(Quantity.CLEARANCE, round(kidney.clearance or 0), "mL/min", time) if kidney.clearance else None,
        Measure(Quantity.EGFR, round(kidney.egfr or 0), "mL/min/1.73m2", time) if kidney.egfr else None,
    )
    return tuple(measure for measure in named if measure)


def _rows(at: InCourse) -> tuple[LabelDose, ...]:
    return label_doses(at.chart.facts, at.course.doses[0].product, at.chart.rules.risk.fludarabine)


def _label(at: InCourse) -> tuple[Measure, ...]:
    """The cumulative dose on the label, or the two possible ones."""
    totals = sorted({row.total for row in _rows(at)})
    return (Measure(Quantity.LABEL, "-".join(f"{total:g}" for total in totals), "mg/m2"),) if totals else ()


def _each_once(doses: Sequence[Administration], table: FludarabineTable) -> tuple[Administration, ...]:
    """The doses without duplicates: the same amount recorded twice within a short time, as bag and administration."""
    kept: list[Administration] = []
    for dose in doses:
        near = (one for one in kept if dose.time - one.time <= table.dose.same_dose)
        if not any(one.milligrams == dose.milligrams for one in near):
            kept.append(dose)
    return tuple(kept)
