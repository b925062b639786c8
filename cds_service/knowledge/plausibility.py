"""Implausible doses in a site's own protocol: far above any verified one, as from a misplaced decimal point.

The limit is not a clinical number of ours: it is the highest verified dose of the same drug by the same route in any
packaged table, multiplied by a factor that the decision rules give with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cds_service.clinical.tables.advice import HOURS_A_DAY, Management, Regimen, Row
from cds_service.clinical.tables.decision_rules import SiteDoseRules

DOSE, DAY = "at a time", "in 24 h"


class Kind(NamedTuple):
    """What can be compared: a drug by a route, in one unit, per administration or per 24 h."""

    drug: str
    route: str
    unit: str
    span: str


class Highest(NamedTuple):
    """The highest verified amount, and its source."""

    amount: float
    source: str


def highest_verified(tables: Iterable[Management]) -> dict[Kind, Highest]:
    """The highest verified amounts of all editions."""
    highest: dict[Kind, Highest] = {}
    for table in tables:
        for row in table.row:
            for kind, amount in _amounts(row) if row.provenance.verified else ():
                if kind not in highest or amount > highest[kind].amount:
                    highest[kind] = Highest(amount, table.edition.label)
    return highest


def implausible(row: Row, highest: Mapping[Kind, Highest], rules: SiteDoseRules) -> Iterator[str]:
    """The amounts of a row above the limit, each once."""
    for kind, amount in dict.fromkeys(_amounts(row)):
        known = highest.get(kind)
        if known and amount > rules.ceiling_factor * known.amount:
            yield (
                f"{kind.drug}: {amount:g} {kind.unit} {kind.route} {kind.span}, and the highest verified is "
                f"{known.amount:g} ({known.source}); more than {rules.ceiling_factor:g} times that is refused: "
                f"{rules.ceiling_reason}"
            )


def unknown_doses(row: Row, highest: Mapping[Kind, Highest]) -> Iterator[str]:
    """The drugs in a row with a dose for which there is no verified dose to compare."""
    kinds = dict.fromkeys(kind for kind, _ in _amounts(row) if kind.span == DOSE and kind not in highest)
    yield from (
        f"{kind.drug}: no verified dose in {kind.unit} {kind.route} to compare with, so check it carefully"
        for kind in kinds
    )


class _Amount(NamedTuple):
    """An amount that can be compared with others of its kind."""

    kind: Kind
    amount: float


def _amounts(row: Row) -> Iterator[_Amount]:
    """Everything that can be compared; a missing route is taken as intravenous."""
    for regimen in row.regimens:
        drug, route = regimen.drug, regimen.route or "IV"
        for unit, once in _once(regimen):
            yield _Amount(Kind(drug, route, unit, DOSE), once)
            yield _Amount(Kind(drug, route, unit, DAY), once * _times(regimen))
        if regimen.then_mg_per_kg_per_day:
            total = max(regimen.mg_per_kg, default=0) + regimen.then_mg_per_kg_per_day
            yield _Amount(Kind(drug, route, "mg/kg", DAY), total)
        if regimen.plus and regimen.plus_mg:
            yield _Amount(Kind(regimen.plus, route, "mg", DOSE), regimen.plus_mg)


class _Quantity(NamedTuple):
    """The unit of an amount, and how much of it."""

    unit: str
    amount: float


def _once(regimen: Regimen) -> Iterator[_Quantity]:
    """The maximum of one administration; a maximum caps an amount per kg and is then compared instead."""
    if regimen.mg:
        yield _Quantity("mg", max(regimen.mg))
    if regimen.maximum_mg:
        yield _Quantity("mg", regimen.maximum_mg)
    if regimen.mg_per_kg and not regimen.maximum_mg:
        yield _Quantity("mg/kg", max(regimen.mg_per_kg))
    if regimen.mg_per_m2:
        yield _Quantity("mg/m2", regimen.mg_per_m2)
    if regimen.mcg_per_day:
        yield _Quantity("mcg", regimen.mcg_per_day)


def _times(regimen: Regimen) -> float:
    """The maximum frequency in 24 h."""
    hours = (*regimen.every_hours, *regimen.repeat_every_hours)
    if hours:
        return HOURS_A_DAY / min(hours)
    return max(regimen.per_day, default=regimen.doses or 1)
