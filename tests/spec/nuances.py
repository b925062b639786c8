"""The fine points of the published tables, and the cases that prove them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cds_service.cases.case import Case
from cds_service.checks.specification import packaged_cases
from cds_service.knowledge.tables import read_table
from tests.spec.rows import case_anchor, plain

TABLE = Path(__file__).with_name("nuances.toml")


@dataclass(frozen=True, slots=True)
class Nuance:
    """One fine point; cases refer to its `number`."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Table:
    nuance: tuple[Nuance, ...]


def read_nuances() -> tuple[Nuance, ...]:
    """The fine points in the table."""
    return read_table(TABLE, _Table).nuance


def cases_of(nuance: Nuance) -> list[Case]:
    """The cases that refer to a fine point."""
    return [case for case in packaged_cases() if nuance.number in case.nuance]


def nuance_chapter() -> Iterator[str]:
    """The chapter: every fine point with the names of its cases."""
    yield from ("## Fine points of the published tables", "")
    for nuance in read_nuances():
        yield from (f"{nuance.number}. {nuance.text}:", "")
        yield from (f"   - [{plain(case.name)}](#{case_anchor(case)})" for case in cases_of(nuance))
        yield ""
