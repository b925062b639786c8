"""The identity of a table: what it says, who published it, until when it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """Where a table comes from and until when it may be used without another look; `label` is its name on cards."""

    id: str
    label: str
    title: str
    reference: str
    url: str
    published: str
    checked: date
    review_by: date
    verified: bool
