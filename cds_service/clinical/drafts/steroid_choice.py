"""The corticosteroid to draft if several verified options apply (`steroid_choice` of the decision rules)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.proposal import DraftContext
from cds_service.clinical.tables.advice import Regimen, Row
from cds_service.clinical.treatment.steroids import least_of_regimen


class Option(NamedTuple):
    """A dose that a source gives for the present grade."""

    entry: Advice
    regimen: Regimen


Choice = Callable[[DraftContext, Sequence[Option]], Sequence[Option]]


def preferred(context: DraftContext, options: Sequence[Option]) -> Sequence[Option]:
    """The options left after each step of the table; if several remain, only one is meant to be given."""
    for step in context.choice.step:
        options = STEPS[step.prefer](context, options)
    return options


def waits(context: DraftContext, row: Row) -> bool:
    """Whether a row is for later: after tocilizumab, or after a corticosteroid that needs time to work."""
    treatment, now, rules = context.treatment, context.now, context.choice
    given = treatment.tocilizumab.last
    if row.condition in rules.since_tocilizumab and given is not None:
        return now - given < rules.since_tocilizumab[row.condition]
    if row.condition in rules.no_better_after and treatment.steroid is not None and treatment.better is False:
        return now - treatment.steroid.started < rules.no_better_after[row.condition]
    return row.condition is not None and row.condition.is_later


def _own(_: DraftContext, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.own] or options


def _label(_: DraftContext, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.label] or options


def _product(_: DraftContext, options: Sequence[Option]) -> Sequence[Option]:
    return [option for option in options if option.entry.row.products] or options


def _milder(context: DraftContext, options: Sequence[Option]) -> Sequence[Option]:
    """The options of the lowest-dose row, chosen first from rows for patients in whom the last step has not helped."""
    timed = context.choice.timed
    options = [one for one in options if one.entry.row.condition in timed] or options
    known = [(amount, index) for index, one in enumerate(options) if (amount := least(context, one)) is not None]
    if not known:
        return options[:1]
    chosen = options[min(known)[1]].entry
    return [option for option in options if option.entry is chosen]


def least(context: DraftContext, option: Option) -> float | None:
    """The lowest 24 h total of an option in mg of dexamethasone; None if unknown."""
    return least_of_regimen(option.regimen, context.weight, context.equivalents)


STEPS: Mapping[str, Choice] = {
    "own": _own,
    "label": _label,
    "product": _product,
    "milder": _milder,
}
