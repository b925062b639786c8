"""Services that trust the EHR of these tests, and their log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.hooks.auth.calls import Trusting, start
from tests.hooks.client import Client


@pytest.fixture(name="trusting")
def _trusting(tmp_path: Path) -> Trusting:
    """A service that trusts the EHR of these tests; the keywords are keys of the clients file."""

    return partial(start, tmp_path)


@pytest.fixture(name="mercy", scope="module")
def _mercy(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return start(tmp_path_factory.mktemp("mercy"))


@pytest.fixture(autouse=True, name="logged")
def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO):
        yield caplog
