"""The source attributes of evidence-based decision support (45 CFR 170.315(b)(11)(iv)(A))."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import NamedTuple

from cds_service.clinical.tables.guideline import Table
from cds_service.clinical.tables.provenance import Edition, rows_of
from cds_service.knowledge.tables import read_table

SOURCE = files("cds_service.knowledge") / "attributes.toml"


class Attribute(NamedTuple):
    """One attribute as a reader sees it; each item of `lines` is a line of its own."""

    number: int
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Table:
    attribute: tuple[_Row, ...]


def source_attributes(tables: Iterable[Table], version: str) -> tuple[Attribute, ...]:
    """All attributes for the tables in force. Raises KnowledgeError if the table of attributes is invalid."""
    tables = tuple(tables)
    filled = {
        "editions": "\n".join(map(_citation, tables)),
        "release": "\n".join([f"ICANS CDS {version}", *(_dates(table.edition) for table in tables)]),
    }
    rows = read_table(SOURCE, _Table).attribute
    return tuple(Attribute(row.number, row.name, tuple(_filled(row.text, filled).splitlines())) for row in rows)


def _filled(text: str, values: dict[str, str]) -> str:
    return Template(text).substitute(values)


def _citation(table: Table) -> str:
    """The edition, and the other sources of its verified rows."""
    edition = table.edition
    verified = (said for _, said in rows_of(table) if said.verified)
    own = dict.fromkeys(said.source for said in verified if said.source != edition.label)
    rows = f"Rows: {'; '.join(own)}." if own else ""
    return " ".join(filter(None, (f"{edition.title}. {edition.reference}.", rows, edition.url)))


def _dates(edition: Edition) -> str:
    dates = {"published": edition.published, "checked": edition.checked, "review by": edition.review_by}
    return f"{edition.label}: {', '.join(f'{name} {one}' for name, one in dates.items() if one)}"
