"""Short ways to write scenarios: an adult or a child five days after axi-cel, and the record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.proof.scenarios import NOW, Scenario

MINUTE, HOUR, DAY = 1, 60, 24 * 60
SECOND = 1 / 60
ADULT = (date(1960, 5, 5),) * 2
CHILD = (date(2018, 5, 5),) * 2

# How each scenario of a row differs from the one before, and what the rules then guarantee.
ALONE = "alone"  # nothing is guaranteed
WORSE = "worse"  # a worse finding: neither floor nor ceiling falls
LESS = "less known"  # less is known: the range only widens
EXPLAINED = "explained"  # one more other cause: the range stays, and what is left of the floor never rises


class Row(NamedTuple):
    """Neighbours: scenarios that differ in one thing, ordered by `relation`."""

    relation: str
    scenarios: tuple[Scenario, ...]


def ago(minutes: float) -> datetime:
    """The time this many minutes before the present."""
    return NOW - timedelta(seconds=round(minutes * 60))


def record(code: str, value: Any, when: float = HOUR, **said: Any) -> Scenario:
    """One record, made this many minutes ago."""
    return {"code": code, "value": value, "time": ago(when), **said}


def dose(minutes: float, drug: str) -> Scenario:
    """A single dose of a drug."""
    return {"drug": drug, "start": ago(minutes), "end": ago(minutes), "infusion": False}


def infusion(minutes: float, drug: str, until: float | None = None) -> Scenario:
    """An infusion; without `until` it is still running."""
    return {"drug": drug, "start": ago(minutes), "end": None if until is None else ago(until), "infusion": True}


def cells(minutes: float = 5 * DAY, *, date_only: bool = False, kind: str = "CAR-T") -> Scenario:
    """A dose of axi-cel, or of another class of therapy with no product named."""
    product = "axicabtagene-ciloleucel" if kind == "CAR-T" else None
    return {"time": ago(minutes), "class": kind, "product": product, "date_only": date_only}


def patient(*records: Scenario, drugs: tuple[Scenario, ...] = (), **more: Any) -> Scenario:
    """An adult five days after axi-cel; `more` replaces parts of the scenario."""
    quiet = {"now": NOW, "zone": UTC, "birth": ADULT, "doses": _AXI_CEL, "other_scales": True}
    return quiet | {"records": records, "drugs": drugs} | more


_AXI_CEL = (cells(),)
