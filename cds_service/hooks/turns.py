"""Turns: how many calls of one client are answered at once, so that no client crowds out the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from cds_service.errors import BusyError


class Turns:
    """Counts the calls under way in this process, by client."""

    def __init__(self, at_once: int, patience_seconds: float) -> None:
        """`patience_seconds`: how long a call waits for another one of its client to end."""
        self._at_once, self._patience = at_once, patience_seconds
        self._under_way: Counter[str] = Counter()
        self._one_ended = Condition()

    @contextmanager
    def taken_by(self, client: str) -> Iterator[None]:
        """A turn of a client. Raises BusyError if none comes in time."""
        with self._one_ended:
            if not self._one_ended.wait_for(lambda: self._under_way[client] < self._at_once, self._patience):
                raise BusyError("This client has too many calls under way (setting ICANS_CALLS_AT_ONCE). Try again.")
            self._under_way[client] += 1
        try:
            yield
        finally:
            with self._one_ended:
                self._under_way[client] -= 1
                # A client that is gone leaves nothing behind.
                self._under_way += Counter()
                self._one_ended.notify_all()
