"""The service as an operator starts it, in processes that can be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

COMMAND = (sys.executable, "-m", "cds_service", "serve", "--demo", "--port", "0")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("ICANS_")}


@dataclass(frozen=True)
class Running:
    """A service with all its processes; its output goes to a file."""

    process: subprocess.Popen[str]
    base: str

    def kill(self) -> None:
        """Kill all processes at once, so that none can clean up."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        """Stop the service as an operator does."""
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running(errors: Path, *options: str, **variables: str) -> Iterator[Running]:
    """The service on a free port; killed at the end of the block if it is still running."""
    with (
        errors.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            [*COMMAND, *options],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            start_new_session=True,
            env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"} | variables,
        ) as process,
    ):
        assert process.stdout is not None
        found = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        service = Running(process, found[0] if found else "")
        try:
            assert service.base, errors.read_text()
            yield service
        finally:
            service.kill()
