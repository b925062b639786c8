"""The patients shown to a panel of clinicians: the request for each, and what the panel wanted to read first."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.builders import NOW
from tests.parts import ROOT

FOLDER = ROOT / "tests" / "panel"
# A time so many hours before the present; after the bar, a format for strftime.
_TIME = re.compile(r"@now-([\d.]+)h(?:\|([^@]*))?@")
_DATE = re.compile(r"@today-(\d+)d@")


@dataclass(frozen=True, slots=True)
class Patient:
    """`wanted`: in the panel's words; `ask`, `urgency`, `trend`, `alerts`: the answer that corresponds to it.

    `says`: words of the card, in its summary or its detail; `says_not`: words that it must not have.
    `drafts`: the first buttons, in this order.
    """

    name: str
    service: str
    wanted: str
    ask: str
    urgency: str
    trend: str = "none"
    alerts: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder with the requests."""
        return FOLDER

    @property
    def request(self) -> dict[str, Any]:
        """The request, with times relative to the present of the tests."""
        text = (FOLDER / "requests" / f"{self.name}.json").read_text(encoding="utf-8")
        return dict(json.loads(_DATE.sub(_date, _TIME.sub(_time, text))))


def patients() -> list[Patient]:
    """All patients of the panel."""
    table = tomllib.loads((FOLDER / "patients.toml").read_text(encoding="utf-8"))
    return [Patient(**row) for row in table["patient"]]


def _time(match: re.Match[str]) -> str:
    return (NOW - timedelta(seconds=round(float(match[1]) * 3600))).strftime(match[2] or "%Y-%m-%dT%H:%M:%SZ")


def _date(match: re.Match[str]) -> str:
    return (NOW - timedelta(days=int(match[1]))).strftime("%Y-%m-%d")
