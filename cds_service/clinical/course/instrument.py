"""The instrument by which a patient is graded: ICE or CAPD (rule T7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from cds_service.clinical.course.concepts import DomainName
from cds_service.clinical.course.therapy import local_date
from cds_service.clinical.facts.patient import BirthDate
from cds_service.clinical.tables.guideline import CapdTable


class Age(NamedTuple):
    """The lowest and highest possible age in completed years."""

    lowest: int
    highest: int


def completed_years(birth: date, day: date) -> int:
    """Age in whole years; a birthday on 29 February falls on 1 March in common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_at(birth: BirthDate | None, moment: datetime, zone: tzinfo) -> Age | None:
    """The lowest and highest possible age in completed years; None without a birth date."""
    if birth is None:
        return None
    day = local_date(moment, zone)
    return Age(completed_years(birth.latest, day), completed_years(birth.earliest, day))


def instrument_by_age(age: Age | None, *, delayed: bool, table: CapdTable) -> DomainName | None:
    """The instrument for this age; None if the birth date leaves both possible."""
    if age is None:
        return None
    limit = table.delay_until_birthday if delayed else table.from_birthday
    young = {years < limit for years in age}
    if len(young) > 1:
        return None
    return DomainName.CAPD if young.pop() else DomainName.ICE


def instrument_used(used: Collection[DomainName]) -> DomainName | None:
    """The only instrument that was used, for a patient of uncertain age; None if both or neither were used."""
    return next(iter(used)) if len(used) == 1 else None
