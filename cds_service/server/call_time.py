"""The time limit of a call, checked between its steps."""

from __future__ import annotations

from typing import NamedTuple, Self

from cds_service.adapters.outbound import Deadline
from cds_service.errors import OverdueError


class CallTime(NamedTuple):
    """The time that a call may take, from the moment a thread picks it up until its answer."""

    seconds: float
    deadline: Deadline

    @classmethod
    def of(cls, seconds: float) -> Self:
        """The time limit of a call that starts now."""
        return cls(seconds, Deadline.after(seconds))

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return self.deadline.left

    def check(self) -> None:
        """Raise OverdueError if no time is left: the client has given up, and other calls are waiting."""
        if not self.left:
            raise OverdueError(f"No answer within {self.seconds:g} s (setting ICANS_CALL_SECONDS). Try again.")
