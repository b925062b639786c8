"""Tocilizumab given so far; doses are counted because their number is limited (rule C5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.gaps import unread_tocilizumab
from cds_service.clinical.tables.advice import TOCILIZUMAB, Row

DAY = timedelta(hours=24)


class TocilizumabSoFar(NamedTuple):
    """The doses of this course: in the last 24 h, in total, and the time of the last.

    `unread`: there may be more, because a record cannot be read (rule T8).
    """

    last_day: int
    total: int
    last: datetime | None
    unread: bool = False

    def allows_another(self, row: Row, moment: datetime) -> bool:
        """Whether the row's interval and limits allow a dose now."""
        earliest = self.earliest(row)
        return not self.unread and not self.is_at_limit(row) and (earliest is None or moment >= earliest)

    def earliest(self, row: Row) -> datetime | None:
        """When the row's interval since the last dose is over; None if there is nothing to wait for."""
        hours = min((hours for regimen in row.regimens for hours in regimen.repeat_every_hours), default=None)
        return None if self.last is None or hours is None else self.last + timedelta(hours=hours)

    def is_at_limit(self, row: Row) -> bool:
        """Whether the row allows no more doses within 24 h, or in total."""
        today = row.max_in_24_hours is not None and self.last_day >= row.max_in_24_hours
        return today or (row.max_total is not None and self.total >= row.max_total)


def given_times(chart: Chart, moment: datetime) -> list[datetime]:
    """When it was given since the course began; all doses on record if no therapy is known."""
    start = chart.course.start if chart.course else None
    given = [dose for dose in chart.administrations.until(moment) if dose.drug == TOCILIZUMAB]
    return [dose.time for dose in given if start is None or dose.time >= start]


def tocilizumab_so_far(chart: Chart, moment: datetime) -> TocilizumabSoFar:
    """The doses given by `moment`."""
    doses = given_times(chart, moment)
    recent = [time for time in doses if moment - time < DAY]
    unread = bool(unread_tocilizumab(chart, moment))
    return TocilizumabSoFar(len(recent), len(doses), doses[-1] if doses else None, unread)
