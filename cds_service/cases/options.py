"""The options, drafts and orders of a case, in the notation of its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.cases.case import Case, details_of
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.assess import Answer
from cds_service.clinical.drafts.discharge import Discharge
from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.facts.occasion import Occasion, Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, PER_KG, PER_M2, Order, OrderedDose
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.vocabulary import Action
from cds_service.errors import KnowledgeError

LISTED = ("oedema-options", "refractory-options")


def label_options(advice: Iterable[Advice]) -> tuple[str, ...]:
    """Everything that the product's label advises."""
    return tuple(_option(entry) for entry in advice if entry.label)


def own_options(advice: Iterable[Advice]) -> tuple[str, ...]:
    """Everything that the site's own protocol advises."""
    return tuple(_option(entry) for entry in advice if entry.own)


def guideline_options(advice: Iterable[Advice]) -> tuple[str, ...]:
    """Everything that guidelines advise, each with its edition."""
    return tuple(f"{entry.source}: {_option(entry)}" for entry in advice if not (entry.label or entry.own))


def crs_options(advice: Iterable[Advice]) -> tuple[str, ...]:
    """Everything that is advised by CRS grade."""
    return tuple(map(_option, advice))


def drafted_drugs(answer: Answer) -> tuple[str, ...]:
    """The drugs drafted when the chart is opened: "corticosteroid: dexamethasone 10 mg q6h (ASCO 2021)"."""
    evaluation = answer.evaluation
    advised = (*evaluation.advice, *evaluation.crs_advice, *evaluation.alternatives.without_crs)
    brief = {entry.source: entry.brief_source for entry in advised}
    return tuple(
        f"{one.action}: {_regimen(one.regimen)}{_particulars(one)} ({brief[one.source]})"
        for one in answer.proposals
        if one.regimen is not None
    )


def _particulars(proposal: Proposal) -> str:
    row = " row without CRS" if proposal.without_crs else ""
    return row + (f" in place of {' and '.join(proposal.replaces)}" if proposal.replaces else "")


def discharge_answer(leaving: Discharge | None) -> dict[str, int | str]:
    """The instructions for a patient leaving now, in the terms of `Expected.discharge`; absent ones are left out."""
    if leaving is None:
        return {}
    monitoring = leaving.monitoring
    text = {"check": monitoring.check, "then": monitoring.then, "driving": monitoring.driving}
    periods = {
        "check_left": leaving.checks,
        "then_left": leaving.checks_after,
        "near_left": leaving.near,
        "no_driving_left": leaving.no_driving,
    }
    left = {key: period.days_left for key, period in periods.items() if period is not None}
    return {key: one for key, one in text.items() if one} | left | {"daily_left": leaving.daily_days_left}


def _option(entry: Advice) -> str:
    strength = "" if entry.row.strength == "advised" else f"{entry.row.strength} "
    condition = f" {entry.row.condition}" if entry.row.condition else ""
    details = [*_next_dose(entry.row.next_dose, entry.row.action), *map(_regimen, entry.regimens)]
    joint = ", " if entry.row.action in LISTED else " or "
    text = f": {joint.join(details)}" if details else ""
    return f"{strength}{entry.row.action}{condition}{text}"


def _regimen(regimen: Regimen) -> str:
    return " ".join((regimen.drug, *_amount(regimen), *_frequency(regimen), *_after(regimen)))


def _amount(regimen: Regimen) -> Iterator[str]:
    if regimen.bound:
        yield regimen.bound
    amounts = ((regimen.mg_per_kg, "mg/kg"), (regimen.mg, "mg"))
    text = " = ".join(f"{_span(values)} {unit}" for values, unit in amounts if values)
    if text:
        yield text
    for value, unit in ((regimen.mg_per_m2, "mg/m2"), (regimen.mcg_per_day, "mcg/day")):
        if value:
            yield f"{value:g} {unit}"


def _frequency(regimen: Regimen) -> Iterator[str]:
    if regimen.every_hours:
        yield f"q{_span(regimen.every_hours)}h"
    if regimen.per_day:
        yield f"{_span(regimen.per_day)}/day"
    if regimen.doses:
        yield f"x{regimen.doses}"
    if regimen.days:
        yield f"{_span(regimen.days)} d{' or longer' if regimen.or_longer else ''}"


def _after(regimen: Regimen) -> Iterator[str]:
    if regimen.repeat_every_hours:
        yield f"repeat q{_span(regimen.repeat_every_hours)}h {regimen.repeat_if}"
    if regimen.repeat_after_days:
        yield f"repeat after {regimen.repeat_after_days} d"
    if regimen.then_mg_per_kg_per_day:
        yield f"then {regimen.then_mg_per_kg_per_day:g} mg/kg/day in {regimen.then_doses_per_day}"
    if regimen.then_mcg_per_day:
        yield f"then {regimen.then_mcg_per_day:g} mcg/day after {regimen.then_after_days} d"
    if regimen.then:
        yield regimen.then
    if regimen.plus:
        yield f"with {regimen.plus} {regimen.plus_mg:g} mg"


def _next_dose(rule: NextDose | None, action: Action) -> Iterator[str]:
    """The conditions, without those that no longer matter once a therapy is stopped permanently."""
    if rule is None or action is Action.STOP:
        return
    waiting = (
        f"until {rule.until}" if rule.until else "",
        f"for {rule.for_hours:g} h" if rule.for_hours else "",
        f"for {rule.for_days} d" if rule.for_days else "",
    )
    parts = (
        *(waiting if action is Action.WITHHOLD else ()),
        f"up to day {rule.up_to_day}" if rule.up_to_day else "",
        rule.resume,
        f"{_span(rule.observe_hours)} h {rule.observe}" if rule.observe else "",
        "stop if again" if rule.stop_if_again else "",
        f"stop after {rule.stop_after_days} d" if rule.stop_after_days else "",
        f"stop if at {rule.stop_if_at_mcg_per_day:g} mcg/day" if rule.stop_if_at_mcg_per_day else "",
    )
    text = ", ".join(part for part in parts if part)
    if text:
        yield text


def _span(values: Iterable[float]) -> str:
    return "-".join(f"{value:g}" for value in values)


AMOUNTS = {"mg": "", "mg_per_kg": PER_KG, "mg_per_m2": PER_M2}


def occasion_of(case: Case) -> Occasion:
    """The hook and the orders of a case. Raises KnowledgeError for an unknown reason."""
    orders = [(_order(row, number), details_of(row, 1).get("unread")) for number, row in enumerate(case.orders, 1)]
    return Occasion(
        case.hook,
        f"icans-{case.hook}",
        orders=tuple(order for order, reason in orders if not reason),
        unread=tuple(Unjudged(order, _reason(reason)) for order, reason in orders if reason),
    )


def _reason(text: str) -> UnjudgedReason:
    try:
        return UnjudgedReason(text)
    except ValueError as error:
        raise KnowledgeError(f"unread: {text!r} is none of {', '.join(UnjudgedReason)}") from error


def _order(row: tuple[Any, ...], number: int) -> Order:
    details = details_of(row, 1)
    return Order(
        reference=f"MedicationRequest/draft-{number}",
        drug=row[0],
        status=details.get("status", DRAFT),
        doses=_doses(details),
        systemic=not details.get("local"),
        replaces="replaces" in details,
    )


def _doses(details: dict[str, Any]) -> tuple[OrderedDose, ...]:
    """One instruction, or none if no amount is given; without `a_day` it is a single dose."""
    name = next((name for name in AMOUNTS if name in details), None)
    if name is None:
        return ()
    dose = OrderedDose(details[name], AMOUNTS[name], number=details.get("number"), maximum=details.get("maximum"))
    return (dose._replace(a_day=details["a_day"]) if "a_day" in details else dose,)
