"""Times as the ward reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

_SECONDS_AN_HOUR = 3600
_HOURS_WITH_WEEKDAY = 72
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Clock:
    """The present on the ward."""

    now: datetime
    zone: tzinfo

    def brief(self, moment: datetime) -> str:
        """Today as hh:mm, up to three days away with the weekday, else with the date."""
        local = moment.astimezone(self.zone)
        if self._is_today(moment):
            return f"{local:%H:%M}"
        if abs(self.hours_since(moment)) > _HOURS_WITH_WEEKDAY:
            return f"{local:%d %b %H:%M}"
        return f"{_DAYS[local.weekday()]} {local:%H:%M}"

    def show(self, moment: datetime) -> str:
        """The same, and for another day how long ago."""
        hours, brief = self.hours_since(moment), self.brief(moment)
        told = not self._is_today(moment) and 0 < hours <= _HOURS_WITH_WEEKDAY
        return f"{brief}, {hours} h ago" if told else brief

    def _is_today(self, moment: datetime) -> bool:
        return moment.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()

    def hours_since(self, moment: datetime) -> int:
        """Whole hours, rounded."""
        return round((self.now - moment).total_seconds() / _SECONDS_AN_HOUR)
