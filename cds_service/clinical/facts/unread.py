"""Records of drugs and therapies that may have been given, or whose time is not known: never lost (rule T8)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class UnreadDrug(NamedTuple):
    """Every moment that the record may have lies from `earliest` to `latest`; None: no limit on that side.

    `given`: certainly, only the time is uncertain. `infusion`: it may be one; False: certainly a single dose.
    """

    drug: str
    earliest: datetime | None = None
    latest: datetime | None = None
    given: bool = False
    infusion: bool = True
    systemic: bool = True
    milligrams: float | None = None
    source: str = ""

    def touches(self, since: datetime | None, until: datetime) -> bool:
        """Whether a moment of it may lie in a window, both limits included; `since` None: from the beginning."""
        begins = self.earliest is None or self.earliest <= until
        return begins and (since is None or self.latest is None or self.latest >= since)

    def is_within(self, since: datetime | None, until: datetime) -> bool:
        """Whether it was given, and every moment of it lies in a window: then it counts there."""
        if not self.given or self.latest is None or self.latest > until:
            return False
        return since is None or (self.earliest is not None and self.earliest >= since)


class UnreadTherapy(NamedTuple):
    """A therapy that may have been given, or is undated; it is no dose.

    `earliest`, `latest`: None undated; equal: dated; apart: a month or a year.
    """

    therapy_class: str
    product: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    source: str = ""

    def is_known_at(self, moment: datetime) -> bool:
        """Whether it had been given by a moment, if it was given at all; an undated one always."""
        return self.latest is None or self.latest <= moment
