"""What the fixed texts of cards cite (cards/sources.toml): a body in the table, its edition in force on the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import EvidenceTable, Table
from cds_service.clinical.tables.provenance import Provenance, Sourced
from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import read_table
from cds_service.rendering.words.wording import Sources

SOURCES = files("cards") / "sources.toml"
_SEVERAL = "; "


@dataclass(frozen=True, slots=True)
class Citation:
    """A body, and the row of its table that is cited: by action, drug or section; empty: the whole table."""

    body: str
    row: str = ""


def read_sources(source: Traversable | Path = SOURCES) -> dict[str, dict[str, tuple[Citation, ...]]]:
    """The citation for each placeholder of each text."""
    return read_table(source, dict[str, dict[str, tuple[Citation, ...]]])


def load_sources(tables: Mapping[str, Table], source: Traversable | Path = SOURCES) -> Sources:
    """The names that fill each placeholder of each text. Raises KnowledgeError for an unknown body or row."""
    try:
        return {
            place: {gap: _SEVERAL.join(_names(citations, tables)) for gap, citations in gaps.items()}
            for place, gaps in read_sources(source).items()
        }
    except LookupError as error:
        raise KnowledgeError(f"{source.name}: {error.args[0]}") from error


def _names(citations: Iterable[Citation], tables: Mapping[str, Table]) -> Iterator[str]:
    for body, row in ((one.body, one.row) for one in citations):
        if body not in tables:
            raise LookupError(f"{body!r} is none of {', '.join(tables)}")
        yield _name(tables[body], row)


def _name(table: Table, row: str) -> str:
    """The edition, or the row's own source if it was confirmed elsewhere."""
    edition = table.edition
    said = _row(table, row) if row else None
    if row and said is None:
        raise LookupError(f"{edition.id} has no row {row!r}")
    return said.source if said and said.source != edition.label else edition.citation or edition.label


def _row(table: Table, name: str) -> Provenance | None:
    """The first row with that action or drug, or the section of that name."""
    match table:
        case Management():
            return next((row.provenance for row in table.row if row.action == name), None)
        case EvidenceTable():
            return next((row.provenance for row in table.evidence if row.drug == name), None)
        case _:
            section = getattr(table, name, None)
            return section.provenance if isinstance(section, Sourced) else None
