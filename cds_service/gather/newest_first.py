"""Whether what came is the newest, so that what was cut off can only be older."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from cds_service.fhir_mapping.r4.bundles import Page
from cds_service.fhir_mapping.read.times import parse_when

UNSORTED = "cut off, and not sorted newest first"


def time_of(resource: Any) -> datetime | None:
    """The time, or the start of the period, by which a search sorts a resource."""
    alone = getattr(resource, "effectiveDateTime", None) or getattr(resource, "authored", None)
    return _moment(alone or getattr(_period(resource), "start", None))


def is_newest_first(pages: Iterable[Page]) -> bool:
    """Whether the resources are sorted by their start, or by their end: servers sort periods by either."""
    resources = [resource for page in pages for resource in page.resources]
    return any(_descends(list(map(time, resources))) for time in _TIMES)


def _end_of(resource: Any) -> datetime | None:
    """The end of a period; one that is open goes on."""
    period = _period(resource)
    return (_moment(period.end) or datetime.max.replace(tzinfo=UTC)) if period else time_of(resource)


_TIMES: tuple[Callable[[Any], datetime | None], ...] = (time_of, _end_of)


def _descends(times: Sequence[datetime | None]) -> bool:
    known = [time for time in times if time is not None]
    return all(later >= earlier for later, earlier in pairwise(known))


def _period(resource: Any) -> Any:
    return getattr(resource, "effectivePeriod", None)


def _moment(text: str | None) -> datetime | None:
    when = parse_when(text, UTC)
    return when.moment if when else None
