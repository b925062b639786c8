"""The service as it is started, in demo mode and with clients that sign, each with one process for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.blackbox.ehr import Ehr, demo, signing
from tests.hooks.fhir_server import Server, serving


@pytest.fixture(scope="session")
def fhir() -> Iterator[Server]:
    """The EHR's FHIR server; each test says what it answers."""
    with serving(lambda _: None) as server:
        yield server


@pytest.fixture(scope="session", params=[demo, signing], ids=["demo", "signed"])
def ehr(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fhir: Server) -> Iterator[Ehr]:
    """An EHR that calls the service, unsigned in demo mode or with a token each call."""
    with request.param(tmp_path_factory.mktemp("service"), fhir.base) as caller:
        yield caller
