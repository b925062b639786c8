"""icans-cds serve starts, refuses to start with a reason, and stops cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
import requests

from cds_service.settings import Settings
from tests.builders import hook_request

COMMAND = (sys.executable, "-m", "cds_service", "serve")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("ICANS_")}


@contextmanager
def serving(*options: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service on a free port, and the first line that it prints."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"} | variables,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def address(line: str) -> str:
    """The address in that line."""
    found = re.search(r"http://[\d.]+:\d+", line)
    assert found, line
    return found[0]


def test_a_demo_prints_one_address_and_answers_there() -> None:
    with serving("--demo") as (_, line):
        assert "127.0.0.1" in line
        assert "not for patients" in line
        page = requests.get(address(line), timeout=30)
        assert 200 == page.status_code
        assert "text/html" in page.headers["Content-Type"]


def test_the_cards_of_a_demo_link_to_its_own_page_on_any_port() -> None:
    with serving("--demo", "--host", "0.0.0.0") as (_, line):
        base = f"http://127.0.0.1:{address(line).rpartition(':')[2]}"
        context = {"userId": "Practitioner/dr-1", "patientId": "grade-2-worsening"}
        call = hook_request(fhirServer=f"{base}/fhir", context=context)
        answer = requests.post(f"{base}/cds-services/icans-patient-view", json=call, timeout=30).json()
        link = answer["cards"][0]["source"]["url"]

        assert f"{base}/knowledge/attributes" == link
        assert "Source attributes" in requests.get(link, timeout=30).text


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(stop: signal.Signals) -> None:
    with serving("--demo", "--workers", "2") as (process, line):
        requests.get(address(line) + "/health/ready", timeout=30).raise_for_status()
        process.send_signal(stop)
        assert 0 == process.wait(30)


def test_another_process_can_take_over_without_a_pause() -> None:
    with serving("--demo") as (process, line):
        process.send_signal(signal.SIGUSR2)
        assert process.stdout is not None
        assert line == process.stdout.readline()
        successor = _child_that_serves(process.pid)
        process.terminate()
        process.wait(30)
        try:
            assert 200 == requests.get(address(line) + "/health/live", timeout=30).status_code
        finally:
            os.kill(successor, signal.SIGTERM)


def _child_that_serves(parent: int) -> int:
    """The newest child of a process: gunicorn starts its successor after its workers."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[-1])


def test_every_setting_can_come_from_the_environment() -> None:
    with serving(ICANS_DEMO="yes") as (_, line):
        assert "demo" in line


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "refusing to start: every caller must be authenticated"),
        (("--demo", "--clients", "x.toml"), "x.toml: [Errno 2] No such file or directory"),
        (("--demo", "--clients", "x.toml", "--fhir-server", "http://fhir/"), "is for a demo without clients"),
        (("--demo", "--ca-file", "x.pem"), "ICANS_CA_FILE: no such file: x.pem"),
        (("--demo", "--fhir-server", "http://user@fhir"), "ICANS_FHIR_SERVER: not a plain base URL"),
        (("--clients", "x.toml"), "x.toml: [Errno 2] No such file or directory"),
        (("--fhir-server", "http://fhir/"), "ICANS_FHIR_SERVER is for a demo"),
        (("--demo", "--time-zone", "Mars/Base"), "ICANS_TIME_ZONE: 'Mars/Base' is not an IANA time zone"),
        (
            ("--demo", "--store", "missing/store.sqlite"),
            "ICANS_STORE: missing/store.sqlite cannot be opened for writing",
        ),
        (
            ("--demo", "--silent", "icans-patient-vew"),
            "ICANS_SILENT: icans-patient-vew: no such service; known services",
        ),
        (
            ("--demo", "--decision-log", "missing/log"),
            "ICANS_DECISION_LOG: missing/log cannot be written (No such file",
        ),
        (("--demo", "--quieter-repeats"), "ICANS_QUIETER_REPEATS needs ICANS_REPEAT_KEY of at least 32 characters"),
        (("--demo", "--store", "mysql://a/b"), "ICANS_STORE: must be a SQLite file or a PostgreSQL database"),
        (("--demo", "--language", "tlh"), "no cards in 'tlh'; known languages: en"),
        (("--demo", "--port", "abc"), "--port (ICANS_PORT): 'abc' is not a whole number"),
        (("--demo", "--port", "65536"), "--port (ICANS_PORT) must be from 0 to 65535"),
        (("--demo", "--host", "203.0.113.1"), "cannot listen with --host (ICANS_HOST) 203.0.113.1 and --port"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_one_line(options: tuple[str, ...], why: str, tmp_path: Path) -> None:
    assert why in refusal(options, tmp_path)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_in_use_is_refused_in_one_line(workers: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refusal(("--demo", "--port", port, "--workers", workers), tmp_path)

    assert f"icans-cds: --port (ICANS_PORT): {port} is in use on 127.0.0.1; choose another" in said


def refusal(options: tuple[str, ...], folder: Path) -> str:
    """The one line with which it refuses to start; it must leave nothing in the folder for temporary files."""
    variables = ENVIRONMENT | {"TMPDIR": str(folder)}
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, env=variables, check=False)

    assert (2, "", []) == (done.returncode, done.stdout, list(folder.iterdir()))
    assert 1 == len(done.stderr.splitlines())
    return done.stderr


def test_help_lists_every_setting_with_its_variable() -> None:
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=60, env=ENVIRONMENT, check=True)

    for field in fields(Settings):
        assert f"--{field.name.replace('_', '-')}" in done.stdout
        assert f"ICANS_{field.name.upper()}" in re.sub(r"\s+", " ", done.stdout)


def test_the_processes_of_a_demo_share_a_temporary_store(tmp_path: Path) -> None:
    entry = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:10:00Z"}
    with serving("--demo", "--workers", "2", TMPDIR=str(tmp_path)) as (process, line):
        path = f"{address(line)}/cds-services/icans-patient-view/feedback"
        receipts = [requests.post(path, json={"feedback": [entry]}, timeout=30).json() for _ in range(8)]
        assert 1 == sum(receipt["new"] for receipt in receipts)
        assert ["icans-cds.sqlite"] == [file.name for file in tmp_path.rglob("*.sqlite")]
        process.terminate()
        process.wait(30)
    assert [] == list(tmp_path.rglob("*.sqlite"))
