"""The provenance of a row in a table: its source and edition, and whether it was verified against the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Provenance:
    """Source and edition of a row, and when it is due for review.

    `edition` is the id of the edition that contains the row. `published` is empty and `checked` None if no such date is
    known. `verified`: confirmed against the source; never True in an edition that is not verified.
    """

    source: str
    edition: str
    published: str
    verified: bool
    review_by: date
    checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A row, or a section of constants, with its provenance."""

    provenance: Provenance

    @property
    def about(self) -> str:
        """What distinguishes it from the other rows: its first field, if that is a word."""
        first = getattr(self, fields(self)[1].name)
        return first if isinstance(first, str) else ""


class Placed(NamedTuple):
    """The provenance of a row, and its place in the table: "evidence 8 (crs)"."""

    place: str
    provenance: Provenance


def rows_of(table: object, place: str = "") -> Iterator[Placed]:
    """Every row of a table, and every row within a row, in the order of the typed form."""
    if is_dataclass(table):
        provenance = getattr(table, "provenance", None)
        if isinstance(provenance, Provenance):
            yield Placed(place, provenance)
        for field in fields(table):
            yield from rows_of(getattr(table, field.name), f"{place}.{field.name}".lstrip("."))
    elif isinstance(table, tuple):
        for number, entry in enumerate(table, 1):
            about = f" ({entry.about})" if isinstance(entry, Sourced) and entry.about else ""
            yield from rows_of(entry, f"{place} {number}{about}")
    elif isinstance(table, dict):
        for name, entry in table.items():
            yield from rows_of(entry, f"{place}.{name}")


@dataclass(frozen=True, slots=True)
class Edition:
    """The provenance of a whole table and its review date; `label` is its name on cards.

    `citation` is the name by which cards cite it as the source of a text, `brief` its name if its date appears
    elsewhere on the card; each is empty if it is the same as the label. `published` is empty and `checked` None if no
    such date is known; for a label without a date of its own, `published` names the month in which the text was read.
    Every row inherits `published`, `checked`, `verified` and `review_by` unless it states its own (provenance.py);
    `verified` must be stated.
    """

    id: str
    label: str
    title: str
    reference: str
    url: str
    published: str
    review_by: date
    verified: bool
    checked: date | None = None
    citation: str = ""
    brief: str = ""
