"""The sources of all rows of all tables, as a chapter of docs/clinical-specification.md."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.tables.guideline import Table
from cds_service.clinical.tables.provenance import Placed, rows_of
from cds_service.knowledge import load_knowledge
from cds_service.knowledge.editions import load_labels, regions
from tests.spec.rows import plain

TITLE = "Where each row comes from"
HEAD = f"""## {TITLE}

A row is a line of advice, a label, a product, a piece of evidence, or a section of constants, listed by its name in the
tables of `cds_service/clinical/guidelines/`. `.venv/bin/icans-cds check` fails as soon as one is past its *review by*.
"""


def packaged_tables() -> tuple[Table, ...]:
    """All packaged tables, with the labels of each region once."""
    used = {table.edition.id: table for table in (*load_knowledge().tables, *map(load_labels, regions()))}
    return tuple(used.values())


def provenance_chapter() -> Iterator[str]:
    """The chapter: a section for each table, a line for each row."""
    yield HEAD
    for table in packaged_tables():
        edition = table.edition
        yield from (f"### {edition.label} (`{edition.id}`)", "", f"{plain(edition.reference)}.", "")
        yield from ("| row | source | published | checked | verified | review by |", "|---|---|---|---|---|---|")
        yield from map(_line, rows_of(table))
        yield ""


def _line(row: Placed) -> str:
    said = row.provenance
    cells = (
        row.place,
        said.source,
        said.published,
        said.checked or "",
        "yes" if said.verified else "no",
        said.review_by,
    )
    return f"| {' | '.join(plain(str(cell)) for cell in cells)} |"
