"""Fixtures for all tests."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from cds_service.app import create_app
from cds_service.knowledge import Knowledge, load_knowledge
from cds_service.settings import FULL, Settings
from tests.builders import NOW
from tests.hooks.client import Client
from tests.parts import PARTS, missing, required
from tests.store.postgresql import Postgresql, serving

USUAL = "all tests: usually 10 to 15 minutes on two cores, first the slow ones; `make quick` takes less than one"
LEFT_OUT = "left out"
STARTED = "ICANS_TEST_CI_STARTED"  # set by .ci/run: seconds since 1970
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Stop the run if a required part is missing or unknown."""
    for part in sorted(required()):
        if part not in PARTS:
            raise pytest.UsageError(f"ICANS_TEST_REQUIRE: {part!r} is none of {', '.join(PARTS)}")
        if missing(part):
            raise pytest.UsageError(f"ICANS_TEST_REQUIRE asks for {part}, but there is {missing(part)}")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how long a full run takes, so that nobody thinks it is stuck."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return USUAL if whole else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run; the summary lists it."""
    for item in items:
        for part in PARTS:
            if item.get_closest_marker(part) and missing(part):
                item.add_marker(pytest.mark.skip(reason=f"{part}: {missing(part)}"))
                item.user_properties.append((LEFT_OUT, part))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the requested tests that were skipped, and why; and how long continuous integration took in all."""
    skipped = terminalreporter.stats.get("skipped", ())
    left_out = {part for report in skipped for name, part in report.user_properties if name == LEFT_OUT}
    if left_out:
        terminalreporter.section("LEFT OUT")
    for part in sorted(left_out):
        terminalreporter.line(f"{part}: {PARTS[part][0]} - {missing(part)}")
    if started := os.environ.get(STARTED):
        terminalreporter.section("CONTINUOUS INTEGRATION")
        terminalreporter.line(f"{round((time.time() - int(started)) / 60)} min since .ci/run started")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The packaged tables."""
    return load_knowledge()


@pytest.fixture(scope="session")
def client() -> Client:
    """The service as a Flask test client, with the clock of the tests and details that leave nothing out."""
    return Client(
        create_app(Settings(demo=True, card_detail=FULL, deadline_seconds=1.0), now=lambda: NOW).test_client()
    )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL server."""
    with serving() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return str(tmp_path / "store.sqlite")
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_database(f"store-{next(_numbers)}")


settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=20_000, deadline=None)
settings.load_profile("ci")
