"""The requests, their times filled in, and what is expected of the answers."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_HOURS = re.compile(r"@now-([\d.]+)h(?:\|([^@]*))?@")
_DAYS = re.compile(r"@today-(\d+)d@")


@dataclass(frozen=True, slots=True)
class Case:
    """A request by its name, and what must be in its answer: see expected.toml."""

    name: str
    service: str = "icans-patient-view"
    icans: str = ""
    crs: str = ""
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    alerts: tuple[str, ...] | None = None

    def request(self, now: datetime) -> dict[str, Any]:
        """The request as it would be sent at `now`."""
        return json.loads(filled((HERE / "requests" / f"{self.name}.json").read_text(), now))


def cases() -> list[Case]:
    """Every row of expected.toml."""
    rows = tomllib.loads((HERE / "expected.toml").read_text())["case"]
    return [Case(**{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}) for row in rows]


def filled(text: str, now: datetime) -> str:
    """A text with its tokens as times: @now-2.5h@, @now-120h|%Y-%m@, @today-5d@."""

    def hours(found: re.Match[str]) -> str:
        moment = now - timedelta(seconds=round(float(found[1]) * 3600))
        return moment.strftime(found[2] or "%Y-%m-%dT%H:%M:%SZ")

    def days(found: re.Match[str]) -> str:
        return f"{now - timedelta(days=int(found[1])):%Y-%m-%d}"

    return _DAYS.sub(days, _HOURS.sub(hours, text))


def graded(part: dict[str, Any]) -> str:
    """A grade in a few characters: "exact 2", "at-least 3..4", "cannot-grade ..4"."""
    known = part.get("grade", part.get("ifAttributable", ""))
    return f"{part['certainty']} {known}" + (f"..{part['gradeUpTo']}" if "gradeUpTo" in part else "")


def gaps(told: list[dict[str, Any]]) -> set[str]:
    """Each gap as its concept, its kind and its detail."""
    return {" ".join(str(gap[part]) for part in ("concept", "kind", "detail") if part in gap) for gap in told}
