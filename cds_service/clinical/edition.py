"""The identity of a table: what it says, who published it, until when it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """Where a table comes from and until when it may be used without another look; `label` is its name on cards.

    `published` is empty and `checked` None where no such date is known: the text of a label names its month in `label`.
    `verified` must be said, and holds for every row of the table that does not say otherwise.
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

    def verifies(self, row_says: bool | None) -> bool:  # noqa: FBT001  (what a row says, not a switch)
        """Whether a row is verified; what either denies is not."""
        return self.verified if row_says is None else self.verified and row_says
