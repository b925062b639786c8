"""Fixtures for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

from cds_service.app import create_app
from cds_service.knowledge import Knowledge, load_knowledge
from cds_service.settings import Settings
from tests.builders import NOW
from tests.hooks.client import Client


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The packaged tables."""
    return load_knowledge()


@pytest.fixture(scope="session")
def client() -> Client:
    """The service as a Flask test client, with the clock of the tests."""
    return Client(create_app(Settings(demo=True, deadline_seconds=1.0), now=lambda: NOW).test_client())


settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=20_000, deadline=None)
settings.load_profile("ci")
