"""Times as the ward reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

_SECONDS_AN_HOUR = 3600
_HOURS_SHOWN_UP_TO = 72
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Clock:
    """The present on the ward."""

    now: datetime
    zone: tzinfo

    def show(self, moment: datetime) -> str:
        """Today as hh:mm; else with the weekday and how long ago; beyond three days with the date."""
        local = moment.astimezone(self.zone)
        if local.date() == self.now.astimezone(self.zone).date():
            return f"{local:%H:%M}"
        hours = round((self.now - moment).total_seconds() / _SECONDS_AN_HOUR)
        if abs(hours) > _HOURS_SHOWN_UP_TO:
            return f"{local:%d %b %H:%M}"
        ago = f" ({hours} h ago)" if hours > 0 else ""
        return f"{_DAYS[local.weekday()]} {local:%H:%M}{ago}"
