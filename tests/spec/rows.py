"""A case as a line of a table that a clinician can read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from cds_service.cases.case import Case
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.read.units import UnitTable
from cds_service.knowledge.tables import read_table
from cds_service.knowledge.terminology import MAPPING, UNITS
from cds_service.knowledge.wording import load_wording
from cds_service.rendering.words.wording import Wording
from tests.documents import anchor_of

AXI_CEL = (("5 d", "axicabtagene-ciloleucel"),)
NAMES = {
    "icans": "ICANS",
    "crs": "CRS",
    "last_known": "last known grade",
    "due": "next assessment due",
    "label": "label says",
}


def row_of(case: Case) -> str:
    """One row of the specification, with its own anchor."""
    cells = ([case.name], _given(case), _expected(case), ["; ".join(_grounds(case))])
    return f'| <a id="{case_anchor(case)}"></a>{" | ".join("<br>".join(map(plain, cell)) for cell in cells)} |'


def case_anchor(case: Case) -> str:
    """The anchor of a case, for links."""
    return f"case-{anchor_of(case.name)}"


def plain(text: str) -> str:
    """The text with Markdown escaped."""
    return re.sub(r"([|*_\[\]])", r"\\\1", text).replace("<", "&lt;")


def _given(case: Case) -> Iterator[str]:
    """The person, then the records, grouped by time."""
    yield from _person(case)
    at: defaultdict[str, list[str]] = defaultdict(list)
    for ago, what in _records(case):
        at[ago].append(what)
    yield from (f"{_ago(ago)}: {', '.join(together)}" for ago, together in at.items())
    yield from _asked(case)


def _records(case: Case) -> Iterator[tuple[str, str]]:
    if case.doses != AXI_CEL:
        yield from ((row[0], f"{row[1]}{_details(row, 2)}") for row in case.doses)
    yield from ((row[0], f"infusion date {row[1]} ago{_details(row, 2)}") for row in case.infusion_dates)
    yield from ((row[0], f"{row[1]} {_value(row[2])}{_unit(row)}{_details(row, 3)}") for row in case.records)
    yield from ((row[0], f"{row[1]}{_details(row, 2)}") for row in case.drugs)
    yield from ((row[0], f"diagnosis {row[1]}{_details(row, 2)}") for row in case.diagnoses)


def _asked(case: Case) -> Iterator[str]:
    """The hook, with the orders of the call."""
    if case.active:
        yield f"active orders: {', '.join(case.active)}"
    if case.hook != OccasionKind.PATIENT_VIEW:
        orders = ", ".join(f"{row[0]}{_details(row, 1)}" for row in case.orders)
        yield f"{case.hook}: {orders}" if orders else case.hook


def _ago(text: str) -> str:
    if not text:
        return "undated"
    return f"{text[1:]} ahead" if text.startswith("-") else f"{text} ago"


def _unit(row: tuple[Any, ...]) -> str:
    table = _units().get(row[1])
    return f" {_wording().say(f'status.unit.{table.unit}')}" if table else ""


@cache
def _units() -> dict[str, UnitTable]:
    return read_table(MAPPING / UNITS, dict[str, UnitTable])


@cache
def _wording() -> Wording:
    return load_wording("en")


def _person(case: Case) -> Iterator[str]:
    if case.born != "1966-01-01":
        yield f"born {case.born}" if case.born else "birth date unknown"
    if case.sex != "male":
        yield case.sex or "sex unknown"
    yield from (name for name in ("deceased", "ambulatory") if getattr(case, name))
    if not case.doses and not case.infusion_dates:
        yield "no therapy on record"
    if not case.drugs_checked:
        yield "drugs not looked up"
    if case.failed:
        yield f"did not arrive: {', '.join(case.failed)}"
    if case.region != "us":
        yield f"labels of {case.region.upper()}"
    if not case.other_scales:
        yield "other scales switched off"


def _details(row: tuple[Any, ...], length: int) -> str:
    parts = [
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in (row[length].items() if len(row) > length else ())
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _expected(case: Case) -> Iterator[str]:
    for field in fields(case.expect):
        value = getattr(case.expect, field.name)
        if value is not None and (
            value not in ((), {}) or field.name in ("decided_by", "doses", "label", "drafted", "alerts", "unjudged")
        ):
            text = "; ".join(value) or "none" if field.name in ("label", "drafted") else _value(value)
            yield f"{NAMES.get(field.name, field.name.replace('_', ' '))}: {text}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _grounds(case: Case) -> Iterator[str]:
    yield ", ".join(case.rules)
    if case.source:
        yield case.source
    if case.hazard:
        yield f"hazard {', '.join(case.hazard)}"
