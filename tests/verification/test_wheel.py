"""The wheel: built and installed into an empty environment, it passes its own check and serves."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import requests

from tests.parts import ROOT

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that it contains nothing of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with only the wheel and its pinned dependencies."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.txt"))
    run(python, "-m", "pip", "install", "-q", "--no-deps", str(wheel))
    run(python, "-m", "pip", "check")
    return home / "bin"


def run(*command: str, cwd: Path | None = None) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=cwd)
    assert 0 == done.returncode, f"{command}: {done.stdout} {done.stderr}"
    return done.stdout


def test_the_wheel_has_its_name_and_licence(wheel: Path) -> None:
    assert re.fullmatch(r"icans_cds-\d+\.\d+\.\d+-py3-none-any\.whl", wheel.name)


def test_installed_it_passes_its_own_check(installed: Path, tmp_path: Path) -> None:
    assert "ok     cases: " in run(str(installed / "icans-cds"), "check", cwd=tmp_path)


def test_installed_it_serves_the_sandbox(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "icans-cds"), "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            assert server.stdout is not None
            address = re.findall(r"http://[\d.]+:\d+", server.stdout.readline())[0]
            services = requests.get(f"{address}/cds-services", timeout=30).json()["services"]
            patients = requests.get(f"{address}/fhir/Patient", timeout=30).json()
        finally:
            server.terminate()

    assert "icans-patient-view" == services[0]["id"]
    assert len(patients["entry"]) >= 16
