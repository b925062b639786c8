"""FHIR dates and times (rules T1 and T2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from cds_service.clinical.facts import BirthDate

# Looser than FHIR in one point: seconds may be missing. The zone may not: then the moment is unknown.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_DATE_LENGTH = 10
_YEAR_LENGTH, _MONTH_LENGTH = 4, 7


class When(NamedTuple):
    """A moment; `date_only`: the record gives the day, and 00:00 on the ward stands for it."""

    moment: datetime
    date_only: bool


def parse_when(text: str | None, zone: tzinfo) -> When | None:
    """The moment that a FHIR dateTime means; None where it is missing, partial, without zone or wrong."""
    if text is None:
        return None
    try:
        if len(text) == _DATE_LENGTH:
            day = date.fromisoformat(text)
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            # In UTC, because Python counts hours by the wall clock between two times of one zone.
            return When(midnight.astimezone(UTC), date_only=True)
        return When(datetime.fromisoformat(text), date_only=False) if _INSTANT.fullmatch(text) else None
    except ValueError:
        return None


def parse_birth_date(text: str | None) -> BirthDate | None:
    """The days that a full or partial birth date allows."""
    if text is None:
        return None
    try:
        if len(text) == _YEAR_LENGTH:
            return BirthDate(date(int(text), 1, 1), date(int(text), 12, 31))
        if len(text) == _MONTH_LENGTH:
            first = date.fromisoformat(f"{text}-01")
            return BirthDate(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return BirthDate(day, day)


def ward_zone(times: Iterable[str | None], latest: datetime) -> tzinfo:
    """The offset of the newest datum that is not in the future; UTC where no time has one."""
    parsed = (parse_when(text, UTC) for text in times)
    moments = [when.moment for when in parsed if when and not when.date_only and when.moment <= latest]
    offset = max(moments).utcoffset() if moments else None
    return timezone(offset) if offset else UTC
