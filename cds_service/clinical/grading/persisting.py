"""Motor findings, signs of raised pressure and imaging: they hold until withdrawn or old (rule D6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.patient import Finding
from cds_service.clinical.facts.track import Track
from cds_service.clinical.tables.grade import NONE, Range
from cds_service.clinical.tables.grading_rules import PersistingRules

WITHDRAWN = "none"
UNREMARKABLE = (WITHDRAWN, "other")


class Held(NamedTuple):
    """A finding that still counts, or is shown.

    `concern`: `stale`, so old that it may have gone, re-examine; `not-graded`, no criterion of ICANS.
    """

    record: Finding
    range: Range
    concern: str = ""


def held_sign(
    track: Track[Finding], moment: datetime, worth: Mapping[str, Range], rules: PersistingRules
) -> Held | None:
    """The newest sign of the table that no strictly later `none` withdrew."""
    known = track.until(moment)
    newest = next((record for record in reversed(known) if record.value in worth), None)
    if newest is None or any(record.value == WITHDRAWN and record.time > newest.time for record in known):
        return None
    return _aged(newest, worth[str(newest.value)], moment, rules)


def held_imaging(
    track: Track[Finding], moment: datetime, worth: Mapping[str, Range], rules: PersistingRules
) -> Held | None:
    """The newest imaging that says something about oedema; of two at the same time the worse."""
    graded = [record for record in track.until(moment) if record.value in worth]
    if not graded:
        return None
    newest = max(graded, key=lambda record: (record.time, worth[str(record.value)]))
    return _aged(newest, worth[str(newest.value)], moment, rules)


def shown(track: Track[Finding], moment: datetime, rules: PersistingRules) -> Held | None:
    """The newest finding that is no criterion of ICANS (tremor, haemorrhage): shown at grade 0."""
    newest = track.newest(moment)
    if newest is None or newest.value in UNREMARKABLE or moment - newest.time > rules.history_after:
        return None
    return Held(newest, NONE, "not-graded")


def _aged(record: Finding, worth: Range, moment: datetime, rules: PersistingRules) -> Held | None:
    age = moment - record.time
    if age > rules.history_after:
        return None
    if age > rules.stale_after and worth != NONE:
        return Held(record, worth.explained(), "stale")
    return Held(record, worth)
