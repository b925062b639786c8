"""The started service, in demo mode and with clients that sign, each in one process for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.blackbox.ehr import Ehr, demo, record, signing
from tests.builders import prefetch
from tests.hooks.fhir_server import Server, serving
from tests.hooks.tls import Certificate, certificate_for


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The certificate authority for the EHR's FHIR server."""
    return certificate_for("localhost", tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def fhir(authority: Certificate) -> Iterator[Server]:
    """The EHR's FHIR server, with TLS; each test sets its answers."""
    with serving(lambda _: None) as server:
        authority.secure(server)
        yield server


@pytest.fixture(scope="session", params=[demo, signing], ids=["demo", "signed"])
def ehr(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fhir: Server, authority: Certificate
) -> Iterator[Ehr]:
    """An EHR that calls the service, unsigned in demo mode or with a token for each call."""
    believing = ("--ca-file", str(authority.certificate))
    with request.param(tmp_path_factory.mktemp("service"), fhir.base, *believing) as caller:
        yield caller


@pytest.fixture
def graded(ehr: Ehr) -> dict[str, Any]:
    """An answer with a card."""
    return ehr.call(prefetch(**record(5)))
