"""A value that cannot be used, and why."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818  (a reason, not a fault: it becomes a gap)
    """Raised by readers of values; `kind` is a gap kind of the evaluation schema."""

    def __init__(self, kind: str, detail: str = "") -> None:
        """Keep the reason for the gap that this becomes."""
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
