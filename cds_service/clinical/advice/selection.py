"""Selection of the table rows that apply to a patient, by ICANS grade and by CRS grade (rules C5, C6, E3, E4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from cds_service.clinical.course.measurements import number
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.advice import CHILD, WITHOUT_CRS, Management, Regimen, Row
from cds_service.clinical.tables.labels import ProductLabel
from cds_service.clinical.tables.names import Drug, ProductKey
from cds_service.clinical.tables.next_dose import NextDose, SinceDose
from cds_service.clinical.tables.provenance import Edition
from cds_service.clinical.tables.vocabulary import Action, Strength, TherapyClass


class PatientProfile(NamedTuple):
    """What determines a patient's advice in addition to the ICANS grade.

    `age_group` is empty if the birth date leaves it open: then doses for neither group are shown. `states`: those that
    a row may require in `only` (profile.py). `tocilizumab`: number of doses in this course. `therapy_class`: that of
    the newest dose. `weight`: the record from which doses are calculated (rule P2). `immunosuppressants`: those running
    or given in the last 24 h, corticosteroids and tocilizumab apart; they are not offered again (rule P4).
    """

    crs_floor: int
    crs_ceiling: int
    product: ProductKey | None
    age_group: str
    doses_allowed: bool
    weight: Record | None
    states: frozenset[str]
    since_dose: SinceDose = SinceDose()
    tocilizumab: int = 0
    therapy_class: TherapyClass | None = None
    immunosuppressants: frozenset[str] = frozenset()

    @property
    def weight_kg(self) -> float | None:
        """Kilograms; None without a current weight."""
        return None if self.weight is None else number(self.weight)

    @property
    def crs_may_be(self) -> bool:
        """Whether it is unknown if the patient has CRS."""
        return not self.crs_floor and self.crs_ceiling > 0


class Advice(NamedTuple):
    """A row that applies, with the regimens that may be shown; `label` is set if it comes from a product's label.

    `if_no_crs`: the row is meant for patients without CRS, and it is unknown whether this patient has CRS.
    """

    row: Row
    regimens: tuple[Regimen, ...]
    edition: Edition
    label: ProductLabel | None = None
    own: bool = False
    if_no_crs: bool = False

    @property
    def source(self) -> str:
        """The source as cards name it: "ASCO 2021", "Yescarta US label, text of July 2026"."""
        return self._named(self.edition.label)

    @property
    def row_source(self) -> str:
        """The source against which the row was confirmed, if not that of the edition; otherwise empty."""
        source = self.row.provenance.source
        return "" if source == self.edition.label else source

    @property
    def brief_source(self) -> str:
        """The source without the date of a label: "Yescarta US label"."""
        return self._named(self.edition.brief or self.edition.label)

    def _named(self, edition: str) -> str:
        return f"{self.label.brand} {edition}" if self.label else edition


def advice(tables: Iterable[Management], grade: int, profile: PatientProfile) -> list[Advice]:
    """Everything the tables advise for this patient at this ICANS grade, in the order of the files."""
    rows = [(row, table) for table in tables for row in _rows(table, grade, profile)]
    for_children = {row.action for row, _ in rows if row.patients == CHILD}
    entries = (
        Advice(
            row,
            shown_regimens(row, profile),
            table.edition,
            label=table.label.get(profile.product) if profile.product else None,
            own=table.own,
            if_no_crs=row.crs == WITHOUT_CRS and profile.crs_may_be,
        )
        for row, table in rows
        if row.patients == CHILD or row.action not in for_children
    )
    return list(_not_being_given(entries, profile))


def _not_being_given(entries: Iterable[Advice], profile: PatientProfile) -> Iterator[Advice]:
    """The entries without refractory options that are being given; entries left empty are dropped (rule P4)."""
    for entry in entries:
        if entry.row.action is not Action.REFRACTORY_OPTIONS or not entry.regimens:
            yield entry
        elif left := tuple(one for one in entry.regimens if one.drug not in profile.immunosuppressants):
            yield entry._replace(regimens=left)


def covers_next_dose(tables: Iterable[Management], product: Drug | None) -> bool:
    """Whether any table covers a product's next dose, at any grade."""
    rows = (row for table in tables for row in table.row if row.action.is_of_next_dose)
    return any(not row.products or product in row.products for row in rows)


def avoided(advice: Iterable[Advice]) -> frozenset[Action]:
    """Actions that the site's own protocol avoids: shown with every source, but never proposed."""
    return frozenset(entry.row.action for entry in advice if entry.own and entry.row.strength is Strength.AVOID)


def _rows(table: Management, grade: int, profile: PatientProfile) -> tuple[Row, ...]:
    """The rows of a table that apply to this patient; a therapy stopped permanently is not also withheld."""
    rows = tuple(row for entry in table.row for row in _decided(entry, grade, profile))
    stopped = any(row.action is Action.STOP for row in rows)
    return tuple(row for row in rows if not (stopped and row.action.is_of_next_dose and row.action is not Action.STOP))


def _decided(row: Row, grade: int, profile: PatientProfile) -> Iterator[Row]:
    """The row if it applies; a row about the next dose uses the highest grade since the last dose.

    A grade that recurs can end a therapy permanently, even if doses were given or the patient improved in between.
    """
    since, rule = profile.since_dose, row.next_dose
    if not row.action.is_of_next_dose:
        if _applies(row, grade, profile):
            yield _without_met_condition(row, profile)
    elif rule and rule.ends_with_another(row.icans, since) and _applies(row, min(row.icans), profile):
        yield replace(row, action=Action.STOP)
    elif _applies(row, max(grade, since.highest), profile):
        action = (rule or NextDose()).action_for(row.action, grade, since)
        if action:
            yield replace(row, action=action)


def _without_met_condition(row: Row, profile: PatientProfile) -> Row:
    """The row without its condition, if the condition has already been met and cannot be undone."""
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
    """Whether the time since the dose is within the row's limits; `hours` is None if that time is unknown."""
    below, since = row.hours_since_dose_below, row.hours_since_dose_from
    if below is None and since is None:
        return True
    return hours is not None and (below is None or hours < below) and (since is None or hours >= since)


def shown_regimens(row: Row, profile: PatientProfile) -> tuple[Regimen, ...]:
    """The regimens with their doses if the row is verified and meant for this age group; otherwise only the drugs."""
    if row.provenance.verified and profile.doses_allowed and row.patients == profile.age_group:
        return tuple(regimen for regimen in row.regimens if regimen.fits(profile.weight_kg))
    return tuple(dict.fromkeys(regimen.without_dose() for regimen in row.regimens))


def crs_advice(table: Management, tables: Iterable[Management], profile: PatientProfile) -> tuple[Advice, ...]:
    """The rows of the table that apply at the lowest possible CRS grade.

    Rows for therapies other than CAR-T cells name classes of action. `tables`: the tables of advice by ICANS grade,
    which contain tocilizumab for children (rule E4).
    """
    for_table = profile._replace(doses_allowed=profile.therapy_class == TherapyClass.CAR_T)
    return tuple(
        Advice(one, shown_regimens(one, for_table), source.edition)
        for row in table.row
        if _is_for(row, profile)
        for one, source in _for_age(row, table, tables, profile)
    )


class _FromTable(NamedTuple):
    """A row, and the table that it is from."""

    row: Row
    table: Management


def _is_for(row: Row, profile: PatientProfile) -> bool:
    in_state = not row.only or row.only in profile.states
    return in_state and row.crs_from <= profile.crs_floor <= row.crs_to


def _for_age(
    row: Row, table: Management, tables: Iterable[Management], profile: PatientProfile
) -> Iterator[_FromTable]:
    """The row itself, or the row on tocilizumab for children in its place."""
    for_children = [
        _FromTable(other, source)
        for source in tables
        for other in source.row
        if profile.age_group == other.patients == CHILD and other.action == row.action == Action.TOCILIZUMAB
    ]
    yield from for_children or [_FromTable(row, table)]
