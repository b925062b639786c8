"""Which rows of the tables apply to a patient at a grade: options with their source, never commands (rules C5, E4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from cds_service.clinical.tables.advice import CHILD, WITHOUT_CRS, Management, Row
from cds_service.clinical.tables.edition import Edition
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.next_dose import NextDose, SinceDose
from cds_service.clinical.tables.regimen import Regimen
from cds_service.clinical.tables.vocabulary import Action, Strength


class PatientProfile(NamedTuple):
    """What decides which advice a patient gets, besides the ICANS grade.

    `age_group` is empty where the birth date leaves it open: then no dose of either group is shown.
    `states` are those that a row may ask for in `only` (profile.py); `tocilizumab`: doses of it in this course.
    """

    crs_floor: int
    crs_ceiling: int
    product: str | None
    age_group: str
    doses_allowed: bool
    weight_kg: float | None
    states: frozenset[str]
    since_dose: SinceDose = SinceDose()
    tocilizumab: int = 0

    @property
    def crs_may_be(self) -> bool:
        """Whether there may be CRS, and nobody can tell."""
        return not self.crs_floor and self.crs_ceiling > 0


class Advice(NamedTuple):
    """A row that applies, with only those regimens that may be shown; `label` where a product's label says it.

    `if_no_crs`: it is meant for patients without CRS, and whether there is CRS is not known.
    """

    row: Row
    regimens: tuple[Regimen, ...]
    edition: Edition
    label: ProductLabel | None = None
    own: bool = False
    if_no_crs: bool = False

    @property
    def source(self) -> str:
        """Who says so, for cards: "ASCO 2021", "Yescarta US label, text of July 2026"."""
        return self._named(self.edition.label)

    @property
    def row_source(self) -> str:
        """Where the row was confirmed, if that is not where its edition was; else empty."""
        source = self.row.provenance.source
        return "" if source == self.edition.label else source

    @property
    def brief_source(self) -> str:
        """The same without the date of a label: "Yescarta US label"."""
        return self._named(self.edition.brief or self.edition.label)

    def _named(self, edition: str) -> str:
        return f"{self.label.brand} {edition}" if self.label else edition


def advice(tables: Iterable[Management], grade: int, profile: PatientProfile) -> list[Advice]:
    """All that the tables advise at this ICANS grade for this patient, in the order of the files."""
    rows = [(row, table) for table in tables for row in _rows(table, grade, profile)]
    for_children = {row.action for row, _ in rows if row.patients == CHILD}
    return [
        Advice(
            row,
            _shown(row, profile),
            table.edition,
            label=table.label.get(profile.product or ""),
            own=table.own,
            if_no_crs=row.crs == WITHOUT_CRS and profile.crs_may_be,
        )
        for row, table in rows
        if row.patients == CHILD or row.action not in for_children
    ]


def speaks_of_next_dose(tables: Iterable[Management], product: str) -> bool:
    """Whether any table says anything of a product's next dose, at whatever grade."""
    rows = (row for table in tables for row in table.row if row.action.is_of_next_dose)
    return any(not row.products or product in row.products for row in rows)


def avoided(advice: Iterable[Advice]) -> frozenset[Action]:
    """Actions that the site's own protocol avoids: shown with all sources, proposed by none."""
    return frozenset(entry.row.action for entry in advice if entry.own and entry.row.strength is Strength.AVOID)


def _rows(table: Management, grade: int, profile: PatientProfile) -> tuple[Row, ...]:
    """The rows of a table for this patient; what is stopped for good is not withheld besides."""
    rows = tuple(row for entry in table.row for row in _decided(entry, grade, profile))
    stopped = any(row.action is Action.STOP for row in rows)
    return tuple(row for row in rows if not (stopped and row.action.is_of_next_dose and row.action is not Action.STOP))


def _decided(row: Row, grade: int, profile: PatientProfile) -> Iterator[Row]:
    """The row if it applies; one on the next dose goes by the highest grade since the last dose.

    A grade that came again ends a therapy for good, whatever was given or got better since.
    """
    since, rule = profile.since_dose, row.next_dose
    if not row.action.is_of_next_dose:
        if _applies(row, grade, profile):
            yield _without_what_has_come(row, profile)
    elif rule and rule.ends_with_another(row.icans, since) and _applies(row, min(row.icans), profile):
        yield replace(row, action=Action.STOP)
    elif _applies(row, max(grade, since.highest), profile):
        action = (rule or NextDose()).action_for(row.action, grade, since)
        if action:
            yield replace(row, action=action)


def _without_what_has_come(row: Row, profile: PatientProfile) -> Row:
    """The row without a condition that is met once and for all."""
    doses = row.condition.met_by_tocilizumab if row.condition else None
    return replace(row, condition=None) if doses is not None and profile.tocilizumab >= doses else row


def _applies(row: Row, grade: int, profile: PatientProfile) -> bool:
    if grade not in row.icans or (row.patients == CHILD and profile.age_group != CHILD):
        return False
    if row.gives_tocilizumab and not profile.crs_floor:
        return False
    if row.products and profile.product not in row.products:
        return False
    if row.only and row.only not in profile.states:
        return False
    if not _is_in_time(row, profile.since_dose.hours):
        return False
    with_crs = profile.crs_floor >= row.crs_from and profile.crs_ceiling <= row.crs_to
    return row.crs == "any" or with_crs == (row.crs == "with")


def _is_in_time(row: Row, hours: float | None) -> bool:
    """Whether it is soon, or long, enough after the dose for the row; `hours` None: not known."""
    below, since = row.hours_since_dose_below, row.hours_since_dose_from
    if below is None and since is None:
        return True
    return hours is not None and (below is None or hours < below) and (since is None or hours >= since)


def _shown(row: Row, profile: PatientProfile) -> tuple[Regimen, ...]:
    """Doses of verified rows that were written for this age group; of the rest only the drugs."""
    if row.provenance.verified and profile.doses_allowed and row.patients == profile.age_group:
        return tuple(regimen for regimen in row.regimens if regimen.fits(profile.weight_kg))
    return tuple(dict.fromkeys(regimen.without_dose() for regimen in row.regimens))
