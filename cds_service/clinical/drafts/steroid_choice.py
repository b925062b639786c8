"""Which corticosteroid is drafted where several verified options apply (`steroid_choice` of the decision rules)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import LATER, Row
from cds_service.clinical.tables.regimen import Regimen
from cds_service.clinical.treatment.steroids import DEXAMETHASONE


class Option(NamedTuple):
    """A dose that a source gives for the present grade."""

    entry: Advice
    regimen: Regimen


Choice = Callable[[Evaluation, Sequence[Option]], Sequence[Option]]


def preferred(evaluation: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    """What is left of the options after each step of the table; several exclude one another."""
    for step in evaluation.chart.rules.decisions.steroid_choice.step:
        options = STEPS[step.prefer](evaluation, options)
    return options


def waits(evaluation: Evaluation, row: Row) -> bool:
    """Whether a row is for later: after tocilizumab, or after a corticosteroid that is given time to help."""
    treatment, now = evaluation.treatment, evaluation.icans.time
    given, rules = treatment.tocilizumab.last, evaluation.chart.rules.decisions.steroid_choice
    if row.condition in rules.since_tocilizumab and given is not None:
        return now - given < rules.since_tocilizumab[row.condition]
    if row.condition in rules.no_better_after and treatment.steroid is not None and treatment.better is False:
        return now - treatment.steroid.started < rules.no_better_after[row.condition]
    return row.condition in LATER


def _own(_: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.own] or options


def _first_line(evaluation: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    """Without a fallback: where only a high dose could be drafted now, none is."""
    rules = evaluation.chart.rules.decisions.steroid_choice
    if evaluation.treatment.escalate or (evaluation.icans.grade or 0) > rules.first_line_up_to_grade:
        return options
    return [one for one in options if one.entry.own or (_least(evaluation, one) or 0) < rules.high_dose_mg]


def _label(_: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.label] or options


def _product(_: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.row.products] or options


def _milder(evaluation: Evaluation, options: Sequence[Option]) -> Sequence[Option]:
    """A row for what has not helped, else the one with the least of its doses; a row's alternatives stay together."""
    timed = evaluation.chart.rules.decisions.steroid_choice.timed
    options = [one for one in options if one.entry.row.condition in timed] or options
    known = [(least, index) for index, one in enumerate(options) if (least := _least(evaluation, one)) is not None]
    if not known:
        return options[:1]
    chosen = options[min(known)[1]].entry
    return [option for option in options if option.entry is chosen]


def _least(evaluation: Evaluation, option: Option) -> float | None:
    """Mg of dexamethasone in 24 h, at the least; None where that is not known."""
    equivalents = evaluation.chart.rules.decisions.steroids.dexamethasone_equivalent_mg
    least = option.regimen.lowest_mg_in_24_hours(evaluation.profile.weight_kg)
    if least is None or option.regimen.drug not in equivalents:
        return None
    return least * equivalents[DEXAMETHASONE] / equivalents[option.regimen.drug]


STEPS: Mapping[str, Choice] = {
    "own": _own,
    "first-line": _first_line,
    "label": _label,
    "product": _product,
    "milder": _milder,
}
