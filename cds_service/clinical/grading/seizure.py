"""The grades of recorded seizures (rule D5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from cds_service.clinical.facts.patient import Measured, Seizure
from cds_service.clinical.tables.grade import Range, worst
from cds_service.clinical.tables.guideline import SeizureTable

STATUS_EPILEPTICUS = "status-epilepticus"
ELECTROGRAPHIC = "electrographic"
NONE = "none"


class SeizureFinding(NamedTuple):
    """The particulars of a seizure. `needs_duration`: its duration is not recorded and would settle the grade.

    `returned`: whether the patient returned to baseline; None if not recorded. `number`: how many in 24 h.
    """

    kind: str
    minutes: Measured | None
    needs_duration: bool
    returned: bool | None
    number: int


class Event(NamedTuple):
    """One seizure, from all records within five minutes of the first; `returned` is the worst recorded value."""

    first: Seizure
    range: Range
    returned: bool | None


def events(records: Sequence[Seizure], table: SeizureTable, span: timedelta) -> list[Event]:
    """The seizures in these records (oldest first)."""
    return [_event(group, table) for group in grouped(records, span)]


def grouped(records: Sequence[Seizure], span: timedelta) -> list[list[Seizure]]:
    """The records (oldest first) of each seizure: those within `span` of its first."""
    groups: list[list[Seizure]] = []
    for record in records:
        if record.kind == NONE:
            continue
        if groups and record.time - groups[-1][0].time <= span:
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


def range_of(seizures: Sequence[Event], table: SeizureTable) -> Range:
    """The combined grade of all seizures of the last day; there is at least one."""
    each = worst(event.range for event in seizures)
    if len(seizures) == 1:
        return each
    returned = {event.returned for event in seizures}
    if False in returned:
        return worst((each, table.repetitive_not_returned))
    return worst((each, table.repetitive_return_unknown)) if None in returned else each


def described(event: Event, number: int) -> SeizureFinding:
    """The particulars that determine the grade of an event; `number`: the seizures in that day."""
    first = event.first
    minutes = None if first.minutes is None else Measured.of(first.minutes, "min")
    unsure = event.range.lo != event.range.hi
    return SeizureFinding(first.kind, minutes, minutes is None and unsure, event.returned, number)


def _event(group: Sequence[Seizure], table: SeizureTable) -> Event:
    said = {record.returned_to_baseline for record in group}
    returned = False if False in said else True if True in said else None
    return Event(group[0], worst(_record(record, table) for record in group), returned)


def _record(record: Seizure, table: SeizureTable) -> Range:
    if record.kind == STATUS_EPILEPTICUS:
        return table.status_epilepticus
    prolonged = _prolonged(record, table)
    if prolonged:
        return table.prolonged
    if record.kind == ELECTROGRAPHIC:
        resolved = record.resolved_with_intervention is True and record.returned_to_baseline is not False
        return table.electrographic_resolved if resolved else table.electrographic
    if record.returned_to_baseline is False:
        return table.not_returned
    return table.duration_unknown if prolonged is None else table.resolved_rapidly


def _prolonged(record: Seizure, table: SeizureTable) -> bool | None:
    """Whether it lasted longer than the published limit; exactly the limit does not count as longer."""
    return None if record.minutes is None else record.minutes.more_than(table.prolonged_over_minutes)
