"""SlowSenderLimit: after a number of seconds, no more is read from a connection."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Lock, Thread

_TICK_SECONDS = 0.25


class SlowSenderLimit:
    """One thread per process watches every connection that is sending a body; it starts with the first of them."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[socket.socket, float] = {}
        self._lock = Lock()
        self._watching = False

    def begin(self, connection: socket.socket, most: float) -> None:
        """Start waiting for a body; `most`: the seconds that the call has left."""
        with self._lock:
            self._until[connection] = time.monotonic() + min(self.seconds, most)
            if not self._watching:
                self._watching = True
                Thread(target=self._watch, name="slow-senders", daemon=True).start()

    def end(self, connection: socket.socket) -> bool:
        """Stop waiting; whether the body was read in time."""
        with self._lock:
            return self._until.pop(connection, None) is not None

    def _watch(self) -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            now = time.monotonic()
            with self._lock:
                for connection in [one for one, until in self._until.items() if until < now]:
                    del self._until[connection]
                    # The reader wakes up as if the sender had disconnected; the answer can still be written.
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RD)
