"""The format of a case in a *.cases.toml file, and the notation of its values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.facts.patient import Need
from cds_service.clinical.tables.names import Drug
from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import read_table

# The present of every case: a Sunday, on a ward whose time is not UTC.
NOW = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
_AGO = re.compile(r"(-?\d+(?:\.\d+)?) (s|min|h|d)")
_OWN_WORDS = re.compile(r"“(.*)”", re.DOTALL)
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected answer; anything left out is not checked.

    `label`: everything on the product's label, `own`: everything in the site's protocol, both complete; `advised`: by
    guidelines. `crs_advised`: everything by CRS grade. `due`: by the interval alone; `due_now`, `due_kind`, `bring_in`:
    whether, what and where the next assessment is. `lowest_steroid_mg`: the lowest 24 h total among all options, as
    dexamethasone. `discharge`: days left, and the label's own words, on discharge now.
    """

    icans: str | None = None
    crs: str | None = None
    decided_by: tuple[str, ...] | None = None
    domains: dict[str, str] = field(default_factory=dict)
    instrument: str | None = None
    day: int | None = None
    peak: int | None = None
    onset: str | None = None
    trend: str | None = None
    at_baseline: bool | None = None
    lost: tuple[str, ...] | None = None
    improved: tuple[str, ...] | None = None
    last_known: int | None = None
    no_longer_counted: tuple[str, ...] | None = None
    may_lower: tuple[str, ...] | None = None
    due: str | None = None
    due_now: bool | None = None
    due_kind: str | None = None
    bring_in: bool | None = None
    overdue: bool | None = None
    attention: str | None = None
    urgency: str | None = None
    urgency_reasons: tuple[str, ...] | None = None
    ask: str | None = None
    asks: tuple[str, ...] | None = None
    gate: str | None = None
    low_pressure: str | None = None
    crs_peak: int | None = None
    crs_onset: str | None = None
    crs_trend: str | None = None
    escalate: bool | None = None
    taper: bool | None = None
    reassess_by: str | None = None
    arose_on: str | None = None
    steroid_24h: str | None = None
    steroid_last: str | None = None
    response: str | None = None
    flare: bool | None = None
    given: tuple[str, ...] | None = None
    other_causes: tuple[str, ...] | None = None
    not_measured: tuple[str, ...] | None = None
    non_icans: tuple[str, ...] | None = None
    iec_hs: tuple[str, ...] | None = None
    lymphocytes: str | None = None
    risk: dict[str, str] = field(default_factory=dict)
    recommended: tuple[str, ...] = ()
    not_recommended: tuple[str, ...] = ()
    doses: tuple[str, ...] | None = None
    label: tuple[str, ...] | None = None
    own: tuple[str, ...] | None = None
    advised: tuple[str, ...] = ()
    crs_advised: tuple[str, ...] | None = None
    not_advised: tuple[str, ...] = ()
    drafted: tuple[str, ...] | None = None
    requested: tuple[str, ...] | None = None
    lowest_steroid_mg: float | None = None
    discharge: dict[str, int | str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    no_gaps: tuple[str, ...] = ()
    not_looked_up: tuple[str, ...] | None = None
    unread_therapy: tuple[str, ...] | None = None
    alerts: tuple[str, ...] | None = None
    unjudged: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One patient. Records are [time ago, code, value, details]; drugs and diagnoses [time ago, name, details].

    For hooks other than patient-view, `orders` are those that the call is about: [drug, details] with `mg`,
    `mg_per_kg`, `mg_per_m2`, `a_day`, `number`, `maximum`, `status`, `local`, `replaces`, `unread`; `active` lists
    those on record.

    `unread_findings`, `unread_drugs`, `unread_therapies` are [name, details] with `from` and `until`, for records that
    cannot be read.

    Without `doses` there is one of axi-cel five days ago; without `born` and `sex` the patient is a man of 60 years.
    """

    name: str
    rules: tuple[str, ...]
    expect: Expected
    source: str = ""
    nuance: tuple[int, ...] = ()
    hazard: tuple[str, ...] = ()
    born: str = "1966-01-01"
    sex: str = "male"
    deceased: bool = False
    ambulatory: bool = False
    doses: tuple[tuple[Any, ...], ...] = (("5 d", "axicabtagene-ciloleucel"),)
    infusion_dates: tuple[tuple[Any, ...], ...] = ()
    records: tuple[tuple[Any, ...], ...] = ()
    drugs: tuple[tuple[Any, ...], ...] = ()
    unread_findings: tuple[tuple[Any, ...], ...] = ()
    unread_drugs: tuple[tuple[Any, ...], ...] = ()
    unread_therapies: tuple[tuple[Any, ...], ...] = ()
    diagnoses: tuple[tuple[Any, ...], ...] = ()
    hook: OccasionKind = OccasionKind.PATIENT_VIEW
    orders: tuple[tuple[Any, ...], ...] = ()
    active: tuple[Drug, ...] = ()
    drugs_checked: bool = True
    failed: tuple[Need, ...] = ()
    other_scales: bool = True
    region: str = "us"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases; `title` and `about` introduce its chapter of the specification."""

    title: str
    about: str
    case: tuple[Case, ...]


def read_cases(source: Traversable | Path) -> CaseFile:
    """The cases of a file. Raises KnowledgeError that says where the file is wrong."""
    return read_table(source, CaseFile)


def ago(text: str) -> datetime:
    """The moment "90 min", "12 h" or "5 d" before the present of the cases; "-3 min" is after it."""
    match = _AGO.fullmatch(text)
    if match is None:
        raise KnowledgeError(f"{text!r}: expected how long ago, such as '90 min', '12 h' or '5 d'")
    return NOW - timedelta(**{_UNITS[match[2]]: float(match[1])})


def own_words(value: object) -> str | None:
    """A clinician's own words, given in typographic quotes; None if the value is a code or a number."""
    match = _OWN_WORDS.fullmatch(str(value))
    return match and match[1]


def details_of(row: tuple[Any, ...], length: int) -> dict[str, Any]:
    """The details at the end of a row; empty if the row ends before them."""
    details = row[length] if len(row) > length else {}
    return msgspec.convert(details, dict[str, Any])
