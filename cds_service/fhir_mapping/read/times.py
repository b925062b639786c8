"""FHIR dates and times (rules T1 and T2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from cds_service.clinical.facts.patient import BirthDate

# More lenient than FHIR in one respect: seconds may be missing. The zone may not, or the moment is unknown.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
# Without a zone: for drugs and therapies the ward's is assumed (rule T8).
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
_DATE_LENGTH = 10
# Anything longer is not a time and should not fill the cache.
_MAX_LENGTH = 64
_YEAR_LENGTH, _MONTH_LENGTH = 4, 7


class When(NamedTuple):
    """A moment in UTC, and the offset with which it was recorded.

    `date_only`: only the day is recorded and 00:00 on the ward represents it; there is then no offset.
    """

    moment: datetime
    date_only: bool
    offset: timedelta | None = None


def parse_when(text: str | None, zone: tzinfo) -> When | None:
    """The moment of a FHIR dateTime; None if it is missing, partial, without a zone or invalid."""
    if text is None or len(text) > _MAX_LENGTH:
        return None
    return _midnight(text, zone) if len(text) == _DATE_LENGTH else _instant(text)


@lru_cache(maxsize=8192)
def _instant(text: str) -> When | None:
    """Cached, because a chart has many values with the same time, each looked at more than once.

    In UTC, because comparing times in different zones is slow, and because Python compares two times in the same zone
    by the wall clock.
    """
    try:
        if _INSTANT.fullmatch(text) is None:
            return None
        moment = datetime.fromisoformat(text)
        return When(moment.astimezone(UTC), date_only=False, offset=moment.utcoffset())
    except (ValueError, OverflowError):
        return None


def _midnight(text: str, zone: tzinfo) -> When | None:
    try:
        day = date.fromisoformat(text)
        return When(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC), date_only=True)
    except (ValueError, OverflowError):
        return None


class Between(NamedTuple):
    """The first and last moment that a dateTime may mean, in UTC; they are equal for an exact moment.

    `partial`: it gives only a month or a year.
    """

    earliest: datetime
    latest: datetime
    partial: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether it is known to the minute."""
        return self.earliest == self.latest


def between(text: str | None, zone: tzinfo, latest: datetime) -> Between | None:
    """The possible moments of a drug or therapy (rule T8); None if the dateTime cannot be read.

    Without an offset it is taken in the ward's zone; if it would then be later than `latest`, its zone is unknown.
    """
    if text is None or len(text) > _MAX_LENGTH:
        return None
    if len(text) <= _DATE_LENGTH:
        return _days(text, zone)
    if _LOCAL.fullmatch(text):
        local = _local(text, zone)
        return local if local and local.latest <= latest else None
    when = _instant(text)
    return Between(when.moment, when.moment) if when else None


def _local(text: str, zone: tzinfo) -> Between | None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Between(moment, moment)


def _days(text: str, zone: tzinfo) -> Between | None:
    """A day, a month or a year, from its first midnight to the midnight after it."""
    days = parse_birth_date(text)
    if days is None or days.latest == date.max:
        return None
    first, after = (_midnight(day.isoformat(), zone) for day in (days.earliest, days.latest + timedelta(days=1)))
    return Between(first.moment, after.moment, len(text) < _DATE_LENGTH) if first and after else None


def parse_birth_date(text: str | None) -> BirthDate | None:
    """The days allowed by a full or partial birth date."""
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
    """The offset of the newest datum that is not in the future; UTC if no time has one."""
    newest: When | None = None
    for text in times:
        when = parse_when(text, UTC)
        if when and when.offset is not None and when.moment <= latest and (not newest or when.moment > newest.moment):
            newest = when
    return timezone(newest.offset) if newest and newest.offset else UTC
