"""A value that cannot be used, and why."""

from __future__ import annotations

from cds_service.clinical.facts.gap import GapDetail, GapKind


class Unreadable(Exception):  # noqa: N818  (a reason, not a fault: it becomes a gap)
    """Raised by readers of values."""

    def __init__(self, kind: GapKind, detail: GapDetail | None = None) -> None:
        """Keep the reason for the gap that this becomes."""
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
