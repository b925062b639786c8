"""ConcurrencyLimit: how many calls of one client are answered at once, so that no client crowds out the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from cds_service.errors import BusyError

# One of this many threads is kept free of calls, to answer health checks and refuse calls.
_KEEPS_ONE_FREE = 16


class ConcurrencyLimit:
    """Counts the calls in this process by client: those in progress and those waiting for a slot."""

    def __init__(self, at_once: int, wait_seconds: float, threads: int) -> None:
        """`wait_seconds`: how long a call waits for another call of the same client to end.

        As many calls of a client may wait as may be in progress. A waiting call occupies one of the `threads`, so some
        threads are never given to calls.
        """
        self._at_once, self._wait_seconds = at_once, wait_seconds
        self._places = max(1, threads - max(1, threads // _KEEPS_ONE_FREE))
        self._here: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._one_ended = Condition()

    @property
    def calls(self) -> int:
        """The number of calls of all clients, in progress or waiting."""
        return self._here.total()

    @contextmanager
    def slot(self, client: str) -> Iterator[None]:
        """A slot for one call. Raises BusyError if none is free in time, or at once if too many are already waiting."""
        here = self._counted(self._here, client, self._has_place, 0)
        with here, self._counted(self._under_way, client, self._has_slot, self._wait_seconds):
            yield

    def _has_place(self, client: str) -> bool:
        return self.calls < self._places and self._here[client] < 2 * self._at_once

    def _has_slot(self, client: str) -> bool:
        return self._under_way[client] < self._at_once

    @contextmanager
    def _counted(
        self, calls: Counter[str], client: str, is_free: Callable[[str], bool], wait_seconds: float
    ) -> Iterator[None]:
        with self._one_ended:
            if not self._one_ended.wait_for(lambda: is_free(client), wait_seconds):
                raise BusyError("This client has too many calls in progress (setting ICANS_CALLS_AT_ONCE). Try again.")
            calls[client] += 1
        try:
            yield
        finally:
            with self._one_ended:
                calls[client] -= 1
                # Keep no entry for a client without calls.
                calls += Counter()
                self._one_ended.notify_all()
