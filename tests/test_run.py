"""What a run of the tests prints about itself: how long it takes, and what it skips on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import STARTED
from tests.documents import read
from tests.parts import ROOT

NEEDS_A_COMPOSE_CLIENT = "tests/verification/test_compose.py"


def run(*arguments: str, **variables: str) -> tuple[int, str]:
    """The exit code and the output of pytest with these arguments and variables."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ICANS_", "PYTEST_"))}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=120, env=environment | variables, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_tests_that_the_machine_cannot_run_are_skipped_and_listed(tmp_path: Path) -> None:
    code, said = run(NEEDS_A_COMPOSE_CLIENT, PATH=str(tmp_path))

    assert 0 == code
    assert "LEFT OUT" in said
    assert "compose: docker-compose.yml read by a compose client - no docker-compose on this machine" in said
    assert "hapi" not in said, "nobody asked for it"


@pytest.mark.slow
def test_a_missing_required_part_stops_the_run(tmp_path: Path) -> None:
    assert (4, True) == _stopped("compose", "asks for compose, but there is no docker-compose", tmp_path)
    assert (4, True) == _stopped("componist", "'componist' is none of hapi, browser", tmp_path)


def _stopped(part: str, why: str, path: Path) -> tuple[int, bool]:
    code, said = run(NEEDS_A_COMPOSE_CLIENT, PATH=str(path), ICANS_TEST_REQUIRE=part)
    return code, why in said


@pytest.mark.slow
@pytest.mark.parametrize(("what", "told"), [([], True), (["tests/test_run.py"], False)])
def test_a_run_of_everything_says_how_long_it_takes(what: list[str], *, told: bool) -> None:
    _, said = run("--collect-only", *what)

    assert told == ("all tests: usually" in said)


@pytest.mark.slow
def test_a_run_of_continuous_integration_ends_with_its_duration() -> None:
    _, said = run("--collect-only", "tests/test_run.py", ICANS_TEST_CI_STARTED=str(int(time.time()) - 20 * 60))

    assert "20 min since .ci/run started" in said
    assert "20 min" in "".join(said.splitlines()[-2:]), "only the runner's own summary follows"


def test_continuous_integration_notes_when_it_started() -> None:
    assert f"export {STARTED}=$(date +%s)" in read(ROOT / ".ci" / "run")


def test_every_folder_is_explained() -> None:
    explained = re.findall(r"^\| `([a-z_]+)/`", read(ROOT / "tests" / "README.md"), re.MULTILINE)

    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*") if path.is_file()}

    assert explained == sorted(folders - {"__pycache__"})
