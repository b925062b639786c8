"""Whether and when a drug or therapy was given, as far as its record shows; no record is ever lost (rule T8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from cds_service.clinical.facts.gap import AsSent, GapKind, Part
from cds_service.clinical.facts.patient import DoseRecord, UnreadTherapy
from cds_service.fhir_mapping.r4.datatypes import Period
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.times import Between, between

RUNNING, STOPPED = "in-progress", "stopped"
GIVEN = frozenset({"completed", RUNNING, STOPPED, "on-hold"})
NOT_GIVEN = frozenset({"not-done", "entered-in-error"})
# Placeholder until the time of a dose has been read.
UNDATED = datetime.min.replace(tzinfo=UTC)


class Giving(Enum):
    """Whether it was given."""

    YES = "given"
    PERHAPS = "may have been given"
    NO = "not given"


def giving(status: str | None, modifiers: Sequence[Any], not_given: frozenset[str] = NOT_GIVEN) -> Giving:
    """Whether it was given, by its status; an unknown status, or a modifierExtension, leaves it open."""
    if status in not_given:
        return Giving.NO
    return Giving.YES if status in GIVEN and not modifiers else Giving.PERHAPS


class Times(NamedTuple):
    """The start and end that a record gives; None: none can be read. `moment`: it gives a single time only."""

    start: Between | None
    end: Between | None
    moment: bool


def times_of(moment: str | None, period: Period | None, into: Collector) -> Times:
    """The times of a record: a dateTime, or a period."""
    texts = (moment, None) if moment is not None else (period.start, period.end) if period else (None, None)
    start, end = (between(text, into.zone, into.latest) for text in texts)
    return Times(start, end, moment is not None)


def note_doubts(name: str, whether: Giving, resource: Any, into: Collector) -> None:
    """Record as gaps what leaves open whether it was given, and the parts of the record that cannot be read."""
    if resource.modifierExtension:
        into.gap(name, GapKind.UNREADABLE, Part.MODIFIER)
    elif whether is not Giving.YES:
        into.gap(name, GapKind.UNUSABLE_STATUS)
    for path in resource.unread:
        into.gap(name, GapKind.UNREADABLE, AsSent(path))


def add_therapy(name: str, dose: DoseRecord, whether: Giving, times: Times, into: Collector) -> None:
    """Add a dose of a therapy, or report it as recorded but unreadable. `dose`: everything but its time."""
    when = next(_datings(times, into), None)
    if when is None:
        into.gap(name, GapKind.UNREADABLE, Part.TIME)
        into.unread_therapies.append(UnreadTherapy(dose.therapy_class, dose.product, source=dose.source))
    elif when.earliest > into.latest:
        into.gap(name, GapKind.FUTURE)
    elif whether is Giving.YES and not when.partial:
        into.doses.append(dose._replace(time=when.earliest, date_only=not when.is_exact))
    else:
        latest = max(when.earliest, min(when.latest, into.as_of)) if when.partial else when.earliest
        unread = UnreadTherapy(dose.therapy_class, dose.product, when.earliest, latest, dose.source)
        into.unread_therapies.append(unread)


def _datings(times: Times, into: Collector) -> Iterator[Between]:
    """The possible dates of a therapy, best first: its start, a past end, a month or a year."""
    end = times.end if times.end and times.end.earliest <= into.latest else None
    known = [one for one in (times.start, end) if one is not None]
    yield from sorted(known, key=lambda one: one.partial)
