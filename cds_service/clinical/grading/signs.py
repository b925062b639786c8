"""Motor findings, signs of raised pressure and imaging: they count until withdrawn or too old (rule D6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.patient import Record
from cds_service.clinical.facts.track import Track
from cds_service.clinical.grading.domain import Concern
from cds_service.clinical.tables.decision_rules import PersistingRules
from cds_service.clinical.tables.grade import NONE, Range

WITHDRAWN = "none"
UNREMARKABLE = (WITHDRAWN, "other")


class PersistingSign(NamedTuple):
    """A finding that still counts, or is shown without counting.

    `concern`: STALE: so old that it may have resolved, re-examine; NOT_GRADED: not an ICANS criterion.
    """

    record: Record
    range: Range
    concern: Concern | None = None


def persisting_sign(
    track: Track[Record], moment: datetime, worth: Mapping[str, Range], rules: PersistingRules
) -> PersistingSign | None:
    """The newest sign in the table that has not been withdrawn by a strictly later `none`."""
    newest = newest_sign(track, moment, worth)
    return newest and _aged(newest, worth[str(newest.value)], moment, rules)


def newest_sign(track: Track[Record], moment: datetime, worth: Collection[str]) -> Record | None:
    """The newest sign in the table, however old, unless a strictly later `none` withdrew it."""
    known = track.until(moment)
    newest = next((record for record in reversed(known) if record.value in worth), None)
    if newest is None or any(record.value == WITHDRAWN and record.time > newest.time for record in known):
        return None
    return newest


def persisting_imaging(
    track: Track[Record], moment: datetime, worth: Mapping[str, Range], rules: PersistingRules
) -> PersistingSign | None:
    """The newest imaging that says anything about oedema; the worse if two have the same time."""
    newest = newest_imaging(track, moment, worth)
    return newest and _aged(newest, worth[str(newest.value)], moment, rules)


def newest_imaging(track: Track[Record], moment: datetime, worth: Mapping[str, Range]) -> Record | None:
    """The newest imaging in the table, however old; the worse if two have the same time."""
    graded = (record for record in track.until(moment) if record.value in worth)
    return max(graded, key=lambda record: (record.time, worth[str(record.value)]), default=None)


def shown(track: Track[Record], moment: datetime, rules: PersistingRules) -> PersistingSign | None:
    """The newest finding that is not an ICANS criterion (tremor, haemorrhage): shown at grade 0."""
    newest = track.newest(moment)
    if newest is None or newest.value in UNREMARKABLE or moment - newest.time > rules.history_after:
        return None
    return PersistingSign(newest, NONE, Concern.NOT_GRADED)


def _aged(record: Record, worth: Range, moment: datetime, rules: PersistingRules) -> PersistingSign | None:
    age = moment - record.time
    if age > rules.history_after:
        return None
    if age > rules.stale_after and worth != NONE:
        return PersistingSign(record, worth.explained(), Concern.STALE)
    return PersistingSign(record, worth)
