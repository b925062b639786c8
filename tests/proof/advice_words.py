"""Advice of the service in the words of the second reading."""

from __future__ import annotations

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.tables.advice import Regimen, Row
from cds_service.clinical.tables.vocabulary import Action, Strength

# What the second reading calls differently, or has no cell for in the table by the grade of CRS.
NAMES = {
    Action.CRS_SUPPORTIVE_CARE: "supportive",
    Action.CRS_CORTICOSTEROID: "corticosteroid",
    Action.CRS_AS_GRADE_2: "as-grade-2",
}
BY_TREATMENT = (Action.ANTIFUNGAL_PROPHYLAXIS,)


def crs_words(entry: Advice) -> tuple[str, str]:
    """One row by the grade of CRS, and its dose where one is shown: of a ladder the first step."""
    return crs_name(entry.row), crs_dose(entry.row, entry.regimens)


def crs_name(row: Row) -> str:
    """What a row is about: "avoid gm-csf"."""
    avoid = "avoid " if row.strength is Strength.AVOID else ""
    return f"{avoid}{NAMES.get(row.action, row.action)}"


def crs_dose(row: Row, regimens: tuple[Regimen, ...]) -> str:
    """The first regimen; empty where its amount is not shown."""
    if not regimens or not regimens[0].has_dose:
        return ""
    first = regimens[0]
    if row.action is not Action.TOCILIZUMAB:
        days = f" for {first.days[0]} days" if first.days else ""
        return f"{first.drug} {first.mg[0]:g} mg every {first.every_hours[0]:g} h{days}"
    limits = f", at most {row.max_in_24_hours} in 24 h, {row.max_total} in all" if row.max_total else ""
    return f"{first.mg_per_kg[0]:g} mg/kg, at most {first.maximum_mg:g} mg{limits}"
