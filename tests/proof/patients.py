"""Scenarios of a few words: one adult, one child, five days after axi-cel, and what is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.proof.scenarios import NOW, Scenario

MINUTE, HOUR, DAY = 1, 60, 24 * 60
SECOND = 1 / 60
ADULT = (date(1960, 5, 5),) * 2
CHILD = (date(2018, 5, 5),) * 2

# How the scenarios of a row follow one another, and what the rules promise of it.
ALONE = "alone"  # nothing is promised
WORSE = "worse"  # each has a worse finding than the one before: no floor and no ceiling falls
LESS = "less known"  # each knows less than the one before: it only widens
EXPLAINED = "explained"  # each has one more other cause: the range stays, what is left of the floor never rises


class Row(NamedTuple):
    """Neighbours: scenarios that differ in one thing, in the order that `relation` tells."""

    relation: str
    scenarios: tuple[Scenario, ...]


def ago(minutes: float) -> datetime:
    """So many minutes before the present."""
    return NOW - timedelta(seconds=round(minutes * 60))


def record(code: str, value: Any, when: float = HOUR, **said: Any) -> Scenario:
    """One record, made so many minutes ago."""
    return {"code": code, "value": value, "time": ago(when), **said}


def dose(minutes: float, drug: str) -> Scenario:
    """A single dose of a drug."""
    return {"drug": drug, "start": ago(minutes), "end": ago(minutes), "infusion": False}


def infusion(minutes: float, drug: str, until: float | None = None) -> Scenario:
    """An infusion, running unless it says until when."""
    return {"drug": drug, "start": ago(minutes), "end": None if until is None else ago(until), "infusion": True}


def cells(minutes: float = 5 * DAY, *, date_only: bool = False, kind: str = "CAR-T") -> Scenario:
    """A dose of axi-cel, or of another class of therapy without a product."""
    product = "axicabtagene-ciloleucel" if kind == "CAR-T" else None
    return {"time": ago(minutes), "class": kind, "product": product, "date_only": date_only}


def patient(*records: Scenario, drugs: tuple[Scenario, ...] = (), **more: Any) -> Scenario:
    """An adult five days after axi-cel; `more` replaces any part of the scenario."""
    quiet = {"now": NOW, "zone": UTC, "birth": ADULT, "doses": _AXI_CEL, "other_scales": True}
    return quiet | {"records": records, "drugs": drugs} | more


_AXI_CEL = (cells(),)
