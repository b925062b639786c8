"""One line of JSON a call, without anything of the patient, the user or the call's token."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from logging.handlers import WatchedFileHandler

import msgspec

from cds_service.errors import SettingsError

STDERR, OFF = "stderr", "off"


class DecisionLog:
    """Where the lines go: the standard error stream, a file that may be rotated at any time, or nowhere."""

    def __init__(self, target: str) -> None:
        """Open it. Raises SettingsError for a file that cannot be written."""
        self._handler = _handler(target)

    def write(self, line: Mapping[str, object]) -> None:
        """Add a line; whole also where several processes write to one file."""
        text = msgspec.json.encode(line).decode()
        self._handler.handle(logging.makeLogRecord({"msg": text}))

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()


def _handler(target: str) -> logging.Handler:
    if target in (OFF, ""):
        return logging.NullHandler()
    if target == STDERR:
        return logging.StreamHandler(sys.stderr)
    try:
        return WatchedFileHandler(target, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"ICANS_DECISION_LOG: {target} cannot be written ({error.strerror})") from error
