"""One HAPI server for all tests of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import NamedTuple

import pytest

from cds_service.sandbox.stories.seed import load_into
from tests.verification.hapi import put, running

MAPPING = files("cds_service.fhir_mapping")


class Hapi(NamedTuple):
    """A server, and the present of the stories loaded into it."""

    base: str
    now: datetime


@pytest.fixture(scope="session")
def hapi() -> Iterator[Hapi]:
    """A HAPI server with our CodeSystem, our value sets and the sandbox patients."""
    now = datetime.now(UTC).replace(microsecond=0)
    with running() as base:
        put(base, json.loads((MAPPING / "codesystem.json").read_text()))
        for source in (MAPPING / "valuesets").iterdir():
            put(base, json.loads(source.read_text()))
        list(load_into(base, now))
        yield Hapi(base, now)
