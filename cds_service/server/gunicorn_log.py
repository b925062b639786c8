"""What gunicorn may write: that a connection went wrong and how, never what came over it."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

# How its messages begin that go on with a request line or a traceback.
_OF_A_REQUEST = ("Error handling request", "Socket error", "Exception in post_request")


class QuietLogger(Logger):
    """A request line or a traceback may hold the name of a patient or a token."""

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """The kind of an error alone where it is about a request; at the start of a process all of it."""
        if str(msg).startswith(_OF_A_REQUEST):
            super().error("a connection failed: %s", getattr(sys.exc_info()[0], "__name__", "unknown"))
        else:
            super().exception(msg, *args, **kwargs)
