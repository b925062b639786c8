"""Systemic corticosteroids for any indication: what was given, how much in 24 h, and when last (rules E0, E5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.orders import Order
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.names import Concept, Drug

DEXAMETHASONE = Drug(Concept("dexamethasone"))
# The mg of each drug that are equivalent to one another.
Equivalents = Mapping[Drug, float]


def as_dexamethasone(milligrams: float | None, drug: Drug, equivalents: Equivalents) -> float | None:
    """An amount in mg of dexamethasone, approximately; None if it is unknown or the drug has no equivalent."""
    if milligrams is None or drug not in equivalents:
        return None
    return milligrams * equivalents[DEXAMETHASONE] / equivalents[drug]


def amount_of_doses(doses: Iterable[Administration], equivalents: Equivalents) -> float | None:
    """The total given; None if one amount is not on record, 0 if there are no doses."""
    return _together(as_dexamethasone(dose.milligrams, dose.drug, equivalents) for dose in doses)


def amount_of_orders(orders: Iterable[Order], weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The highest total of these orders in 24 h; None if one leaves it open."""
    return _together(as_dexamethasone(order.a_day(weight_kg), order.drug, equivalents) for order in orders)


def least_of_regimen(regimen: Regimen, weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The lowest total of a regimen in 24 h; None if unknown."""
    return as_dexamethasone(regimen.lowest_mg_in_24_hours(weight_kg), regimen.drug, equivalents)


def most_of_regimen(regimen: Regimen, weight_kg: float | None, equivalents: Equivalents) -> float | None:
    """The highest total of a regimen in 24 h; None if unknown or unlimited."""
    return as_dexamethasone(regimen.highest_mg_in_24_hours(weight_kg), regimen.drug, equivalents)


def _together(amounts: Iterable[float | None]) -> float | None:
    total = 0.0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


class Equivalent(NamedTuple):
    """Total mg of dexamethasone of the doses of 24 h; `is_least`: a lower bound, because an amount is unknown."""

    mg: float
    is_least: bool


class SteroidsGiven(NamedTuple):
    """All systemic corticosteroids on record, oldest first; `recent`: those of the last 24 h or in progress.

    `equivalent`: that of the recent ones; None if none of their amounts is known. `unread`: more may have been given in
    the last 24 h, because a record cannot be read (rule T8).
    """

    doses: tuple[Administration, ...]
    recent: tuple[Administration, ...]
    equivalent: Equivalent | None
    unread: bool

    @property
    def mg(self) -> float | None:
        """Mg of dexamethasone in 24 h; 0 if none was given, None if unknown."""
        if self.equivalent is None:
            return None if self.recent or self.unread else 0.0
        return None if self.equivalent.is_least else self.equivalent.mg

    @property
    def drugs(self) -> tuple[Drug, ...]:
        """The recent drugs, each listed once."""
        return tuple(dict.fromkeys(dose.drug for dose in self.recent))

    @property
    def last(self) -> datetime | None:
        """When the last dose was given (an infusion: ended); None if one is running or none was given."""
        ends = [dose.end and max(dose.time, dose.end) for dose in self.doses]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


def steroids_given(chart: Chart, moment: datetime) -> SteroidsGiven:
    """What was given by `moment`, whether for this episode or not."""
    rules = chart.rules.decisions.steroids
    doses = systemic_steroids(chart, moment)
    certain, unread = _at_uncertain_times(chart, moment)
    recent = (*(dose for dose in doses if is_recent(dose, moment, rules.running)), *certain)
    equivalent = equivalent_of(recent, rules.dexamethasone_equivalent_mg)
    if equivalent is not None and (unread or any(dose.end is None for dose in recent)):
        equivalent = equivalent._replace(is_least=True)
    return SteroidsGiven((*doses, *certain), recent, equivalent, unread)


class _AtUncertainTimes(NamedTuple):
    """Doses certainly given in the last 24 h, though not when; `unread`: others may have been given then (rule T8)."""

    doses: tuple[Administration, ...]
    unread: bool


def _at_uncertain_times(chart: Chart, moment: datetime) -> _AtUncertainTimes:
    names, since = chart.rules.drugs.corticosteroids, moment - chart.rules.decisions.steroids.running
    records = [one for one in chart.facts.unread_drugs if one.drug in names and one.systemic]
    touching = [one for one in records if one.touches(since, moment)]
    within = [one for one in touching if one.is_within(since, moment)]
    given = (
        Administration(one.earliest, one.drug, one.earliest, milligrams=one.milligrams, source=one.source)
        for one in within
        if one.earliest is not None
    )
    return _AtUncertainTimes(tuple(given), unread=len(within) < len(touching))


def systemic_steroids(chart: Chart, moment: datetime) -> tuple[Administration, ...]:
    """All systemic corticosteroids given by `moment`, oldest first."""
    names = chart.rules.drugs.corticosteroids
    return tuple(dose for dose in chart.administrations.until(moment) if dose.drug in names and dose.systemic)


def running_steroids(chart: Chart, moment: datetime) -> tuple[Administration, ...]:
    """The systemic corticosteroids given in the last 24 h or in progress, for any indication."""
    return steroids_given(chart, moment).recent


def given_before(chart: Chart, moment: datetime) -> tuple[Administration, ...]:
    """Doses started before `moment` and given in the 24 h before it, or in progress then."""
    span = chart.rules.decisions.steroids.running
    begun = (dose for dose in systemic_steroids(chart, moment) if dose.time < moment)
    return tuple(dose for dose in begun if is_recent(dose, moment, span))


def equivalent_of(doses: Sequence[Administration], equivalents: Equivalents) -> Equivalent | None:
    """The equivalent of all doses together; None if no amount is known."""
    known = known_doses(doses)
    total = amount_of_doses(known, equivalents)
    return Equivalent(total, is_least=len(known) < len(doses)) if known and total is not None else None


def is_recent(dose: Administration, moment: datetime, span: timedelta) -> bool:
    """Whether a dose was given in the last 24 h or is in progress; for an infusion its end counts."""
    return dose.end is None or moment - max(dose.time, dose.end) <= span


def known_doses(doses: Iterable[Administration]) -> tuple[Administration, ...]:
    """The doses with a readable amount."""
    return tuple(dose for dose in doses if dose.milligrams is not None)
