"""Every row of every table carries its own source, edition, date, `verified` and `review_by`."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds_service.clinical.tables.provenance import Edition, Placed, Provenance, Sourced, rows_of
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Table, load_knowledge
from cds_service.knowledge.editions import load_labels, regions
from cds_service.knowledge.tables import read_table
from tests.spec.provenance import packaged_tables

EDITION = """
[edition]
id = "unit-1"
label = "Unit 1"
title = "A table"
reference = "SOP 1"
url = ""
published = "2025"
checked = 2026-01-02
review_by = 2027-01-02
verified = true
"""
LINE = """
[[line]]
name = "first"
"""


@dataclass(frozen=True, slots=True)
class Inner(Sourced):
    value: int


@dataclass(frozen=True, slots=True)
class Line(Sourced):
    name: str
    inner: Inner | None = None


@dataclass(frozen=True, slots=True)
class Unsourced:
    name: str


@dataclass(frozen=True, slots=True)
class OneTable:
    edition: Edition
    line: tuple[Line, ...] = ()
    named: dict[str, Line] | None = None
    plain: Unsourced | None = None


def read(tmp_path: Path, text: str) -> OneTable:
    file = tmp_path / "table.toml"
    file.write_text(text)
    return read_table(file, OneTable)


def test_a_row_that_says_nothing_has_all_that_its_edition_says(tmp_path: Path) -> None:
    table = read(tmp_path, EDITION + LINE)

    assert [
        Placed("line 1 (first)", Provenance("Unit 1", "unit-1", "2025", True, date(2027, 1, 2), date(2026, 1, 2)))
    ] == list(rows_of(table))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # The date of another source is unknown unless the row gives it.
        ('source = "Gust 2017"', {"source": "Gust 2017", "published": ""}),
        ('source = "Gust 2017"\npublished = "2017"', {"source": "Gust 2017", "published": "2017"}),
        ('published = "2017"', {"published": "2017"}),
        ("checked = 2026-05-06", {"checked": date(2026, 5, 6)}),
        ("review_by = 2026-12-31", {"review_by": date(2026, 12, 31)}),
        ("verified = false", {"verified": False}),
        ("verified = true", {"verified": True}),
    ],
)
def test_each_of_them_can_be_said_by_the_row(tmp_path: Path, said: str, expected: dict) -> None:
    default, line = rows_of(read(tmp_path, f"{EDITION}{LINE}{LINE}{said}"))

    assert replace(default.provenance, **expected) == line.provenance


def test_a_row_says_it_for_the_rows_in_it_too(tmp_path: Path) -> None:
    of_line, inner = rows_of(
        read(tmp_path, f'{EDITION}{LINE}source = "A"\ninner = {{ value = 1, published = "2024" }}')
    )

    assert ("line 1 (first)", "A", "") == (of_line.place, of_line.provenance.source, of_line.provenance.published)
    assert ("line 1 (first).inner", "A", "2024") == (inner.place, inner.provenance.source, inner.provenance.published)


@pytest.mark.parametrize("said", ["verified = true", ""])
def test_a_row_cannot_be_verified_where_its_edition_is_not(tmp_path: Path, said: str) -> None:
    unverified = EDITION.replace("verified = true", "verified = false")
    (line,) = rows_of(read(tmp_path, f"{unverified}{LINE}{said}"))

    assert not line.provenance.verified


def test_an_inner_row_cannot_be_verified_where_the_row_around_it_is_not(tmp_path: Path) -> None:
    table = read(tmp_path, f"{EDITION}{LINE}verified = false\ninner = {{ value = 1, verified = true }}")

    assert [False, False] == [row.provenance.verified for row in rows_of(table)]


def test_rows_by_name_are_placed_by_their_name(tmp_path: Path) -> None:
    table = read(tmp_path, f'{EDITION}[named.car]\nname = "a"\n[plain]\nname = "b"')

    assert ["named.car"] == [row.place for row in rows_of(table)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"edition = 3\n{LINE}", r"^table.toml: rows need an \[edition\] that gives their source$"),
        (f"{EDITION}{LINE}reviewed = 2026-01-01", "not understood: line.0.reviewed"),
        (f'{EDITION}{LINE}verified = "yes"', r"Expected `bool`, got `str` - at `\$.line\[0\].provenance.verified`"),
        (EDITION.replace('label = "Unit 1"', "") + LINE, r"missing required field `label` - at `\$.edition`"),
        (f"{EDITION}[plain]\nname = 'b'\nsource = 'c'", "not understood: plain.source"),
    ],
)
def test_every_mistake_is_reported_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(KnowledgeError, match=expected):
        read(tmp_path, text)


@pytest.mark.parametrize("table", packaged_tables(), ids=lambda table: table.edition.id)
def test_every_row_of_the_package_has_a_source_a_date_and_the_id_of_its_edition(table: Table) -> None:
    rows = list(rows_of(table))

    assert rows
    assert {table.edition.id} == {row.provenance.edition for row in rows}
    assert [] == [row.place for row in rows if not row.provenance.source or not _date_of(row)]
    assert len(rows) == len({row.place for row in rows})


def _date_of(row: Any) -> Any:
    """When it was published or last compared with its source; a label without its own date has a month."""
    return row.provenance.published or row.provenance.checked


def test_all_that_is_read_of_a_table_is_a_row_part_of_one_or_a_line_of_its_edition() -> None:
    """A section without provenance would never be reviewed."""
    bare = {f"{table.edition.id}: {place}" for table in packaged_tables() for place in _bare(table)}

    assert set() == bare


def _bare(table: Table) -> list[str]:
    """Sections and lists of rows of a table that are typed and carry no provenance."""
    entries = [(field.name, getattr(table, field.name)) for field in fields(table) if field.name != "edition"]
    named = [(f"{name}.{key}", one) for name, part in entries if isinstance(part, dict) for key, one in part.items()]
    listed = [(name, one) for name, part in entries if isinstance(part, tuple) for one in part]
    every = [*entries, *named, *listed]
    return [name for name, part in every if is_dataclass(part) and not getattr(part, "provenance", None)]


def test_labels_and_their_monitoring_are_rows() -> None:
    for region in regions():
        places = [row.place for row in rows_of(load_labels(region))]
        assert {"label.tisagenlecleucel", "label.tisagenlecleucel.monitoring"} <= set(places)


def test_what_was_not_confirmed_says_so() -> None:
    rows = {row.place: row.provenance for row in rows_of(load_knowledge().protocol.rules.risk.factors)}

    assert ("Gust 2017", "2017", False) == _told(rows["fever"])
    assert ("Gust 2017", "2017", True) == _told(rows["evidence 6 (fludarabine)"])


def _told(said: Provenance) -> tuple[str, str, bool]:
    return said.source, said.published, said.verified
