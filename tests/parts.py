"""Parts of the tests that need more than Python. A part that the machine cannot run is skipped and listed, or fails.

`ICANS_TEST_REQUIRE=hapi,browser` makes the parts it names fail instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Public FHIR data from other projects; none of it is in this repository.
DATA = Path(os.environ.get("ICANS_TEST_DATA", ROOT.parent / "shared" / "data"))
CHROMIUM = os.environ.get("ICANS_TEST_CHROMIUM", "chromium")


def _commands(*names: str) -> str:
    missing = [name for name in names if shutil.which(name) is None]
    return f"no {' and no '.join(missing)} on this machine" if missing else ""


def _data() -> str:
    return "" if any(DATA.glob("*/*.json")) else f"no public FHIR data at {DATA} (set ICANS_TEST_DATA)"


def _wheel() -> str:
    """Why the wheel cannot be tested: an empty environment needs a package index for the dependencies."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder, "click"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return "the package index does not answer"
    return "" if done.returncode == 0 else "no package index within reach"


def _git() -> str:
    return _commands("git") or ("" if (ROOT / ".git").exists() else "no history here, only the files")


def postgres(command: str) -> str:
    """The path of a command of the PostgreSQL server, which Debian keeps off PATH; empty if it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command}"))
    return shutil.which(command) or next((str(one) for one in reversed(installed)), "")


def _postgresql() -> str:
    missing = [command for command in ("initdb", "postgres") if not postgres(command)]
    return f"no {' and no '.join(missing)} of PostgreSQL on this machine" if missing else ""


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "hapi": ("a real HAPI FHIR server", lambda: _commands("javac", "mvn")),
    "browser": ("the pages in a real browser", lambda: _commands(CHROMIUM)),
    "compose": ("docker-compose.yml read by a compose client", lambda: _commands("docker-compose")),
    "data": ("public FHIR data", _data),
    "git": ("the changelog beside the history", _git),
    "postgresql": ("the store in a real PostgreSQL server", _postgresql),
    "wheel": ("the wheel in an empty environment", _wheel),
}


@cache
def missing(part: str) -> str:
    """Why a part cannot be run here; empty if it can be run."""
    return PARTS[part][1]()


def required() -> frozenset[str]:
    """The parts that must not be skipped."""
    return frozenset(filter(None, os.environ.get("ICANS_TEST_REQUIRE", "").replace(" ", "").split(",")))
