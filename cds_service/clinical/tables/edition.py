"""The identity of a table: what it says, who published it, until when it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
