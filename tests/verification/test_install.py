"""The locks install with the oldest supported pip, through the same `make` target that a newcomer uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.parts import ROOT

pytestmark = pytest.mark.wheel

# The version that Python 3.11.0 includes; the README names it.
OLDEST_PIP = "22.3"
COPIED = ("Makefile", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "requirements.txt", "requirements-dev.txt")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that an install needs, with an empty environment and the oldest supported pip."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        shutil.copy(ROOT / name, folder)
    for package in ("cards", "cds_service"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    venv.create(folder / ".venv", with_pip=True)
    run(folder, ".venv/bin/python", "-m", "pip", "install", "-q", f"pip=={OLDEST_PIP}")
    return folder


def run(folder: Path, *command: str) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    assert 0 == done.returncode, f"{command}: {done.stdout} {done.stderr}"
    return done.stdout


def test_the_oldest_pip_installs_what_developers_need(checkout: Path) -> None:
    said = run(checkout, "make", f"PYTHON={sys.executable}", ".venv/dev.stamp")

    assert f"pip {OLDEST_PIP} " in run(checkout, ".venv/bin/python", "-m", "pip", "--version")
    assert "No broken requirements found." in said
    assert "pytest" in run(checkout, ".venv/bin/python", "-m", "pytest", "--version")
    assert "ok     cases: " in run(checkout, ".venv/bin/icans-cds", "check")
