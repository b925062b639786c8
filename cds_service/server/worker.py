"""gunicorn's worker and log: connections wait outside the threads, and nothing sent over them is logged."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from io import BytesIO
from selectors import EVENT_READ
from typing import Any, ClassVar, cast

from gunicorn.glogging import Logger
from gunicorn.http import Request, RequestParser
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import TConn, ThreadWorker

from cds_service.server.refusals import LateHeadError, is_of_the_sender, refusal

# A head with a token and the headers that proxies add has about 2 kB.
LARGEST_HEAD = 32 * 1024
# An answer goes to the kernel in one piece: a client that does not read it holds kernel memory, not a thread.
SEND_BUFFER = 256 * 1024
_CHUNK = 8 * 1024
_BODY_SECONDS, _FAREWELL_SECONDS = 0.01, 2.0


class Worker(ThreadWorker):
    """Connections with an incomplete head, and those being closed, wait outside the threads."""

    head_seconds: ClassVar[float] = 5.0
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # The deadline of each connection, oldest first.
        self._arriving: dict[TConn, float] = {}
        self._leaving: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Wait for the head of the next request of a connection."""
        conn.init()
        conn.sock.settimeout(0)
        with suppress(OSError):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._await(conn, self._arriving, self.head_seconds, self._take_in)
        self._take_in(conn)

    def finish_request(self, conn: TConn, fs: Future[bool]) -> None:
        """Keep a connection open or close it; the other side may take some time to notice."""
        if fs.cancelled() or fs.exception() or not fs.result():
            self._leave(conn)
        else:
            super().finish_request(conn, fs)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Answer; whether to keep the connection: not if a refused body has not arrived and so cannot be skipped."""
        goes_on = super().handle_request(req, conn)
        skipped = partial(_parser(conn).finish_body, deadline=time.monotonic() + _BODY_SECONDS)
        return goes_on and bool(skipped())

    def handle_error(self, req: Request | None, client: socket.socket, addr: Any, exc: BaseException) -> None:  # noqa: ARG002
        """Answer a request that never reaches the application, with nothing from the request."""
        if is_of_the_sender(exc):
            self.log.warning("a request was refused before it was read: %s", type(exc).__name__)
        else:
            self.log.error("a connection failed: %s", type(exc).__name__)
        with suppress(OSError):
            client.settimeout(0)
            client.send(refusal(exc, self.headers))

    def murder_pending(self) -> None:
        """Close the connections that are past their deadline."""
        super().murder_pending()
        for conn in _overdue(self._arriving):
            self._forget(conn, self._arriving)
            if _head(conn).tell():
                self.handle_error(None, conn.sock, conn.client, LateHeadError())
            self._leave(conn)
        for conn in _overdue(self._leaving):
            self._close(conn)

    def _take_in(self, conn: TConn, _: object = None) -> None:
        """Read what has arrived of a head. A closed connection goes to a thread, which finds nothing more to read."""
        came, gone, head = b"", False, _head(conn)
        try:
            came = conn.sock.recv(_CHUNK)
            gone = not came
        except BlockingIOError:
            pass
        except OSError:
            gone = True
        head.seek(0, os.SEEK_END)
        head.write(came)
        if gone or is_whole(head.getvalue()):
            self._forget(conn, self._arriving)
            super().enqueue_req(conn)
        elif head.tell() > LARGEST_HEAD:
            self._forget(conn, self._arriving)
            self.handle_error(None, conn.sock, conn.client, LimitRequestHeaders("more than any request needs"))
            self._leave(conn)

    def _leave(self, conn: TConn) -> None:
        """Stop sending and discard what still arrives: closing at once could lose the answer for the other side."""
        try:
            conn.sock.settimeout(0)
            conn.sock.shutdown(socket.SHUT_WR)
            self._await(conn, self._leaving, _FAREWELL_SECONDS, self._drop)
        except (OSError, ValueError):
            self.nr_conns -= 1
            conn.close()

    def _drop(self, conn: TConn, _: object = None) -> None:
        try:
            if not conn.sock.recv(_CHUNK):
                self._close(conn)
        except BlockingIOError:
            return
        except OSError:
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        self._forget(conn, self._leaving)
        self.nr_conns -= 1
        conn.close()

    def _await(self, conn: TConn, waiting: dict[TConn, float], seconds: float, then: Any) -> None:
        self.poller.register(conn.sock, EVENT_READ, partial(then, conn))
        waiting[conn] = time.monotonic() + seconds

    def _forget(self, conn: TConn, waiting: dict[TConn, float]) -> None:
        del waiting[conn]
        self.poller.unregister(conn.sock)


def worker_with(head_seconds: float, headers: dict[str, str]) -> type[Worker]:
    """A worker class with these settings, because gunicorn instantiates it. `headers`: those of its own answers."""
    return type(Worker.__name__, (Worker,), {"head_seconds": head_seconds, "headers": headers})


def is_whole(head: bytes) -> bool:
    """Whether gunicorn's parser finds the end of the head without reading more; it skips one leading empty line."""
    return b"\r\n\r\n" in head.removeprefix(b"\r\n")


def _overdue(waiting: Mapping[TConn, float]) -> list[TConn]:
    now = time.monotonic()
    return [conn for conn, until in waiting.items() if until < now]


def _parser(conn: TConn) -> RequestParser:
    return cast(RequestParser, conn.parser)


def _head(conn: TConn) -> BytesIO:
    """What has been read from a connection but not yet used."""
    return _parser(conn).unreader.buf


# The first words of gunicorn's messages that contain a request line or a traceback.
_OF_A_REQUEST = ("Error handling request", "Socket error", "Exception in post_request")


class QuietLogger(Logger):
    """Keeps request lines and tracebacks out of the log: they may contain a patient's name or a token."""

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Log only the type of an error about a request, but all of an error at the start of a process."""
        if str(msg).startswith(_OF_A_REQUEST):
            super().error("a connection failed: %s", getattr(sys.exc_info()[0], "__name__", "unknown"))
        else:
            super().exception(msg, *args, **kwargs)
