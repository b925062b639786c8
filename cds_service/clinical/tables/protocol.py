"""What is in force where the service runs: tables, and the site's choices about them."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.labels import ProductLabel


class Protocol(NamedTuple):
    """The tables in force and the site's choices about them."""

    rules: Rules
    management: tuple[Management, ...]
    labels: Management | None = None
    other_scales: bool = True

    @property
    def tables(self) -> tuple[Management, ...]:
        """All tables of advice: the site's own, guidelines, then the labels of the region."""
        return (*self.management, self.labels) if self.labels else self.management

    def label_of(self, product: str | None) -> ProductLabel | None:
        """A product's label in the region; None where it has none there."""
        return self.labels.label.get(product or "") if self.labels else None
