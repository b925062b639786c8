"""The decision log: one line of JSON per call, without data about the patient, the user or the token."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from logging.handlers import WatchedFileHandler

import msgspec

from cds_service.errors import SettingsError

STDERR, OFF = "stderr", "off"


class DecisionLog:
    """Writes lines to standard error, to a file that may be rotated at any time, or nowhere."""

    def __init__(self, target: str) -> None:
        """Open the target. Raises SettingsError if the file cannot be written."""
        self._handler = _handler(target)

    def write(self, line: Mapping[str, object]) -> None:
        """Append a line; lines stay whole even if several processes write to one file."""
        text = msgspec.json.encode(line).decode()
        self._handler.handle(logging.makeLogRecord({"msg": text}))

    def close(self) -> None:
        """Close the file."""
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
