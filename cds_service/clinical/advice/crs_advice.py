"""What is advised by the grade of CRS, whatever the ICANS grade is (rule C6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.advice.selection import Advice, PatientProfile, shown_regimens
from cds_service.clinical.course.therapy import CAR_T
from cds_service.clinical.tables.advice import CHILD, Management, Row
from cds_service.clinical.tables.vocabulary import Action


def crs_advice(table: Management, tables: Iterable[Management], profile: PatientProfile) -> tuple[Advice, ...]:
    """The rows of the table for the floor of CRS.

    After anything but CAR-T cells they are classes of action. `tables`: those of advice by ICANS grade, where the
    tocilizumab of children stands (rule E4).
    """
    for_table = profile._replace(doses_allowed=profile.therapy_class == CAR_T)
    return tuple(
        Advice(one, shown_regimens(one, for_table), source.edition)
        for row in table.row
        if _is_for(row, profile)
        for one, source in _for_age(row, table, tables, profile)
    )


def _is_for(row: Row, profile: PatientProfile) -> bool:
    in_state = not row.only or row.only in profile.states
    return in_state and row.crs_from <= profile.crs_floor <= row.crs_to


def _for_age(
    row: Row, table: Management, tables: Iterable[Management], profile: PatientProfile
) -> Iterator[tuple[Row, Management]]:
    """The row itself, or the tocilizumab of children in its place."""
    for_children = [
        (other, source)
        for source in tables
        for other in source.row
        if profile.age_group == other.patients == CHILD and other.action == row.action == Action.TOCILIZUMAB
    ]
    yield from for_children or [(row, table)]
