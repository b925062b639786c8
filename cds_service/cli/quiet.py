"""What gunicorn may write: that a connection went wrong and how, never what came over it."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

# How its messages begin that go on with a request line, a header or a traceback.
_OF_A_REQUEST = ("Invalid request", "Error handling request", "Socket error", "Exception in post_request")


class QuietLogger(Logger):
    """A request line, a header or a traceback may hold the name of a patient or a token."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Without what was sent."""
        if str(msg).startswith(_OF_A_REQUEST):
            msg, args = "a request that is no HTTP was refused", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """The kind of an error alone where it is about a request; at the start of a process all of it."""
        if str(msg).startswith(_OF_A_REQUEST):
            super().error("a connection failed: %s", getattr(sys.exc_info()[0], "__name__", "unknown"))
        else:
            super().exception(msg, *args, **kwargs)
