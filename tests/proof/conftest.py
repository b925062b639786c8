"""The counts of the proof, in the summary of every run."""

from __future__ import annotations

import pytest

from tests.proof.proof import Count

COUNTS = pytest.StashKey[dict[str, Count]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = {}


@pytest.fixture
def counts(pytestconfig: pytest.Config) -> dict[str, Count]:
    """The counts so far, by chapter."""
    return pytestconfig.stash.setdefault(COUNTS, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counted = config.stash.get(COUNTS, {})
    if counted:
        scenarios, neighbours = (sum(count[n] for count in counted.values()) for n in (0, 1))
        terminalreporter.section("PROOF BY EXHAUSTION")
        terminalreporter.line(
            f"{scenarios:,} combinations in {len(counted)} chapters graded by the service and by the second reading; "
            f"{neighbours:,} pairs of neighbours compared; {sum(len(count.wrong) for count in counted.values())} wrong"
        )
