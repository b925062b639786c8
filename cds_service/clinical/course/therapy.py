"""Doses of therapy, and the course that they form (rules T3 and T4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from cds_service.clinical.facts.patient import DoseRecord, InfusionDate, PatientFacts
from cds_service.clinical.tables.decision_rules import DecisionRules, TherapyRules
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass

CELLS = frozenset({TherapyClass.CAR_T, TherapyClass.TCR_T})


class Dose(NamedTuple):
    """One dose, merged from all its records. `date_only`: its time of day is unknown."""

    time: datetime
    therapy_class: TherapyClass
    product: ProductKey | None
    date_only: bool
    source: str

    def day_at(self, moment: datetime, zone: tzinfo) -> int:
        """Calendar days since this dose, in the ward's time zone."""
        return (local_date(moment, zone) - local_date(self.time, zone)).days


@dataclass(frozen=True, slots=True)
class Course:
    """Doses at most 28 x 24 h apart, oldest first."""

    doses: tuple[Dose, ...]

    @property
    def start(self) -> datetime:
        """The first dose: anything strictly earlier is baseline or history."""
        return self.doses[0].time

    def last_dose(self, moment: datetime) -> Dose:
        """The newest dose at a moment of the course."""
        return next(dose for dose in reversed(self.doses) if dose.time <= moment or dose is self.doses[0])

    def has(self, classes: frozenset[str]) -> bool:
        """Whether the course includes a dose of one of these classes."""
        return any(dose.therapy_class in classes for dose in self.doses)


def local_date(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment in the ward's time zone."""
    return moment.astimezone(zone).date()


def doses_known(facts: PatientFacts, as_of: datetime, rules: DecisionRules) -> tuple[Dose, ...]:
    """All doses on record at a moment, in this course or not."""
    latest = as_of + rules.time.clock_tolerance
    recorded = [record for record in facts.doses if record.time <= latest]
    stated = [statement for statement in facts.infusion_dates if max(statement.recorded, statement.time) <= latest]
    return doses_of(recorded, stated, rules.therapy)


def doses_of(records: Sequence[DoseRecord], stated: Sequence[InfusionDate], rules: TherapyRules) -> tuple[Dose, ...]:
    """All doses, oldest first; several records of one dose are merged."""
    doses = _merged(records, rules.same_dose)
    if stated:
        doses = _overridden(doses, max(stated, key=lambda statement: statement.recorded), rules.override)
    return tuple(sorted(doses, key=_order))


def current_course(doses: Sequence[Dose], rules: TherapyRules) -> Course | None:
    """The course that ends with the newest dose; None if no therapy is known."""
    chain: list[Dose] = []
    for dose in reversed(doses):
        if chain and chain[-1].time - dose.time > rules.course_gap:
            break
        chain.append(dose)
    return Course(tuple(reversed(chain))) if chain else None


def repeated_products(doses: Sequence[Dose], rules: Rules) -> tuple[ProductKey, ...]:
    """Products with two or more doses although they are meant to be given once."""
    products = [dose.product for dose in doses if dose.product]
    single = (name for name in dict.fromkeys(products) if rules.drugs.products[name].single_infusion)
    return tuple(name for name in single if products.count(name) > 1)


def _merged(records: Iterable[DoseRecord], span: timedelta) -> list[Dose]:
    groups: list[list[DoseRecord]] = []
    for record in sorted(records, key=_order):
        group = next((group for group in reversed(groups) if _same_dose(group, record, span)), None)
        if group is None:
            groups.append([record])
        else:
            group.append(record)
    return [_dose(group) for group in groups]


def _order(record: DoseRecord | Dose) -> tuple[datetime, str, str]:
    """By time, then by content, so that the order of records never matters."""
    return record.time, record.product or "", record.source


def _same_dose(group: list[DoseRecord], record: DoseRecord, span: timedelta) -> bool:
    """Whether a record is of the same dose; a procedure code without a product matches a product given that day."""
    first = group[0]
    products = {entry.product for entry in (*group, record)} - {None}
    return first.therapy_class == record.therapy_class and len(products) <= 1 and record.time - first.time <= span


def _dose(group: list[DoseRecord]) -> Dose:
    best = next((record for record in group if not record.date_only), group[0])
    product = next((record.product for record in group if record.product), None)
    return Dose(best.time, best.therapy_class, product, best.date_only, best.source)


def _overridden(doses: list[Dose], stated: InfusionDate, span: timedelta) -> list[Dose]:
    replaced = [dose for dose in doses if dose.therapy_class in CELLS and abs(dose.time - stated.time) <= span]
    kept = [dose for dose in doses if dose not in replaced]
    newest = replaced[-1] if replaced else None
    therapy_class = newest.therapy_class if newest else TherapyClass.CAR_T
    product = next((dose.product for dose in reversed(replaced) if dose.product), None)
    return [*kept, Dose(stated.time, therapy_class, product, stated.date_only, stated.source)]
