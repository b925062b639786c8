"""What gunicorn may write: that a connection went wrong and how, never what came over it."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

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
