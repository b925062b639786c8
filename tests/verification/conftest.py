"""One HAPI server for all tests of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from cds_service.sandbox.seed import load_into
from tests.verification.hapi import put, running

MAPPING = files("cds_service.fhir_mapping")


@pytest.fixture(scope="session")
def hapi() -> Iterator[str]:
    """The base URL of a HAPI with our CodeSystem, our value sets and the sandbox patients."""
    with running() as base:
        put(base, json.loads((MAPPING / "codesystem.json").read_text()))
        for source in (MAPPING / "valuesets").iterdir():
            put(base, json.loads(source.read_text()))
        list(load_into(base, datetime.now(UTC)))
        yield base
