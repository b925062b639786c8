"""Fixtures for all tests."""

from __future__ import annotations

import pytest

from cds_service.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The packaged tables."""
    return load_knowledge()
