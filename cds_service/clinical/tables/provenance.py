"""Where a row of a table comes from: its source with the edition, and whether it was verified there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Provenance:
    """Source and edition of a row, and until when it may be used without another look.

    `edition` is the id of the edition that the row stands in. `published` is empty and `checked` None where no such
    date is known. `verified`: confirmed against the source; never True in an edition that is not.
    """

    source: str
    edition: str
    published: str
    verified: bool
    review_by: date
    checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A row, or a section of constants, that says where it comes from."""

    provenance: Provenance

    @property
    def about(self) -> str:
        """What tells it from the other rows: its first field, where that is a word."""
        first = getattr(self, fields(self)[1].name)
        return first if isinstance(first, str) else ""


class Placed(NamedTuple):
    """The provenance of a row, and where the row stands: "evidence 8 (crs)"."""

    place: str
    provenance: Provenance


def rows_of(table: object, place: str = "") -> Iterator[Placed]:
    """Every row of a table, and every row in a row, in the order of the typed form."""
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
    """Where a table comes from and until when it may be used without another look; `label` is its name on cards.

    `citation` is its name where a card cites it as the source of a text, `brief` where its date stands elsewhere on the
    card; each is empty where that is the label.
    `published` is empty and `checked` None where no such date is known; of a label without a date of its own,
    `published` names the month of the text that was read.
    Every row has what its edition says of `published`, `checked`, `verified` and `review_by`, unless it says otherwise
    (provenance.py); `verified` must be said.
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
