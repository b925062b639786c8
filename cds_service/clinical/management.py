"""What guidelines and labels advise at a grade: options with their source, never commands (rules C5, E4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cds_service.clinical.edition import Edition

ADULT, CHILD = "adult", "child"
TOCILIZUMAB = "tocilizumab"


@dataclass(frozen=True, slots=True)
class Regimen:
    """A drug and how it is given; what a source leaves open is None. Lists are one value or from-to."""

    drug: str
    mg: tuple[float, ...] = ()
    mg_per_kg: tuple[float, ...] = ()
    maximum_mg: float | None = None
    route: str = ""
    every_hours: tuple[float, ...] = ()
    per_day: tuple[int, ...] = ()
    over_hours: float | None = None
    doses: int | None = None
    days: tuple[int, ...] = ()
    then: str = ""
    plus: str = ""
    plus_mg: float | None = None
    weight_below_kg: float | None = None
    weight_from_kg: float | None = None

    def fits(self, weight_kg: float | None) -> bool:
        """Whether the regimen is for a patient of this weight; without a weight, only if it asks for none."""
        if self.weight_below_kg is None and self.weight_from_kg is None:
            return True
        if weight_kg is None:
            return False
        below = self.weight_below_kg is None or weight_kg < self.weight_below_kg
        return below and (self.weight_from_kg is None or weight_kg >= self.weight_from_kg)

    def without_dose(self) -> Regimen:
        """Only the drug, for where a dose may not be shown."""
        return Regimen(self.drug)


@dataclass(frozen=True, slots=True)
class Row:
    """One action of an edition and for whom it is meant."""

    action: str
    icans: tuple[int, ...]
    crs: str = "any"
    crs_from: int = 1
    products: tuple[str, ...] = ()
    patients: str = ADULT
    only: str = ""
    strength: str = "advised"
    condition: str = ""
    regimens: tuple[Regimen, ...] = ()
    verified: bool = True
    source: str = ""
    times_per_day_at_least: int | None = None
    max_in_24_hours: int | None = None
    max_total: int | None = None


@dataclass(frozen=True, slots=True)
class Management:
    """One edition of one body's advice (guidelines/asco_2021.toml and its like)."""

    edition: Edition
    scale: str
    row: tuple[Row, ...]


class PatientProfile(NamedTuple):
    """What decides which advice a patient gets, besides the ICANS grade.

    `age_group` is empty where the birth date leaves it open: then no dose of either group is shown.
    `states` are those that a row may ask for in `only`: on-corticosteroid, no-improvement.
    """

    crs_floor: int
    product: str | None
    age_group: str
    doses_allowed: bool
    weight_kg: float | None
    states: frozenset[str]


class Advice(NamedTuple):
    """A row that applies, with only those regimens that may be shown."""

    row: Row
    regimens: tuple[Regimen, ...]
    edition: Edition


def advice(tables: Iterable[Management], grade: int, profile: PatientProfile) -> list[Advice]:
    """All that the tables advise at this ICANS grade for this patient, in the order of the files."""
    rows = [(row, table) for table in tables for row in table.row if _applies(row, grade, profile)]
    for_children = {row.action for row, _ in rows if row.patients == CHILD}
    return [
        Advice(row, _shown(row, table, profile), table.edition)
        for row, table in rows
        if row.patients == CHILD or row.action not in for_children
    ]


def _applies(row: Row, grade: int, profile: PatientProfile) -> bool:
    if grade not in row.icans or (row.patients == CHILD and profile.age_group != CHILD):
        return False
    if row.products and profile.product not in row.products:
        return False
    if row.only and row.only not in profile.states:
        return False
    with_crs = profile.crs_floor >= row.crs_from
    return row.crs == "any" or with_crs == (row.crs == "with")


def _shown(row: Row, table: Management, profile: PatientProfile) -> tuple[Regimen, ...]:
    """Doses of verified rows that were written for this age group; of the rest only the drugs."""
    verified = row.verified and table.edition.verified
    if verified and profile.doses_allowed and row.patients == profile.age_group:
        return tuple(regimen for regimen in row.regimens if regimen.fits(profile.weight_kg))
    return tuple(dict.fromkeys(regimen.without_dose() for regimen in row.regimens))
