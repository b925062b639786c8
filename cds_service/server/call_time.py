"""The time that a call has, looked at between its steps."""

from __future__ import annotations

from typing import NamedTuple, Self

from cds_service.adapters.outbound import Deadline
from cds_service.errors import OverdueError


class CallTime(NamedTuple):
    """From when a call was given to a thread to its answer."""

    seconds: float
    deadline: Deadline

    @classmethod
    def of(cls, seconds: float) -> Self:
        """The time of a call that begins now."""
        return cls(seconds, Deadline.after(seconds))

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return self.deadline.left

    def check(self) -> None:
        """Raise OverdueError if none is left: whoever asked has given up, and others are waiting."""
        if not self.left:
            raise OverdueError(f"No answer within {self.seconds:g} s (setting ICANS_CALL_SECONDS). Try again.")
