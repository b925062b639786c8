"""Reads the codes of drug products and what is left out of them (fhir_mapping/products)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from cds_service.clinical.tables.names import Concept
from cds_service.errors import KnowledgeError
from cds_service.fhir_mapping.codes import NDC, Code
from cds_service.fhir_mapping.terminology import ValueSet
from cds_service.knowledge.tables import read_table

PRODUCTS = files("cds_service.fhir_mapping") / "products"
SOURCES, LEFT_OUT = "sources.toml", "left_out.csv"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table of product codes comes from, and under which terms."""

    title: str
    system: str
    edition: str
    source: str
    licence: str
    url: str
    checked: date
    verified: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A code that is not recognised, and why. `contains`: `opioid` or `sedative` if a mixture with one; else empty."""

    concept: str
    code: Code
    name: str
    reason: str
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Products:
    """`value_sets`: by table, the codes of each concept; those of a table that is not verified are not used."""

    sources: dict[str, Source]
    value_sets: dict[str, tuple[ValueSet, ...]]
    left_out: tuple[LeftOut, ...]

    @property
    def mixtures(self) -> tuple[Code, ...]:
        """The codes that are left out and hold an opioid or a sedative: they count as unknown drugs."""
        return tuple(one.code for one in self.left_out if one.contains)


@cache
def load_products() -> Products:
    """The packaged tables. Raises KnowledgeError if a file cannot be read."""
    sources = read_table(PRODUCTS / SOURCES, dict[str, Source])
    systems = {name: one.system for name, one in sources.items()}
    return Products(
        sources=sources,
        value_sets={name: _value_sets(name, one) for name, one in sources.items() if one.verified},
        left_out=tuple(_left_out(row, systems) for row in rows_of(PRODUCTS / LEFT_OUT)),
    )


def product_files() -> Iterator[Traversable]:
    """The files that decide what is recognised, for the fingerprint."""
    yield from sorted(PRODUCTS.iterdir(), key=lambda file: file.name)


def _value_sets(table: str, source: Source) -> tuple[ValueSet, ...]:
    codes: defaultdict[Concept, set[Code]] = defaultdict(set)
    for row in rows_of(PRODUCTS / f"{table}.csv"):
        codes[Concept(row["concept"])].update(Code(source.system, code) for code in _codes(row, source))
    return tuple(ValueSet(concept, frozenset(found)) for concept, found in codes.items())


def _codes(row: Row, source: Source) -> Iterator[str]:
    """The code of a row, or the products of a labeler in the form of 5 and 4 digits."""
    if source.system != NDC:
        yield row["code"]
    else:
        yield from (row["labeler"] + product for product in row["products"].split())


def _left_out(row: Row, systems: dict[str, str]) -> LeftOut:
    return LeftOut(
        row["concept"], Code(systems[row["system"]], row["code"]), row["name"], row["reason"], row["contains"]
    )


def rows_of(source: Traversable) -> list[Row]:
    """The rows of a CSV table by the names in its first line. Raises KnowledgeError if a row is not complete."""
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise KnowledgeError(f"{source.name}: line {number} has too few or too many fields")
    return rows
