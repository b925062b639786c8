"""Which FHIR servers may be called."""

from __future__ import annotations

import pytest

from cds_service.adapters.fhir_client import same_server
from cds_service.adapters.fhir_servers import AllowedServers

DEMO = AllowedServers(("https://hapi.example/fhir", "http://fhir:8080/fhir/"), loopback=True)


@pytest.mark.parametrize(
    "base",
    [
        "http://127.0.0.1:8080/fhir",
        "http://localhost/fhir",
        "http://[::1]:9/fhir",
        "http://127.1.2.3/x",
        "https://hapi.example/fhir",
        "https://hapi.example/fhir/",
        "http://fhir:8080/fhir",
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_named_servers_and_this_machine(base: str) -> None:
    assert DEMO.allows(base)


@pytest.mark.parametrize(
    "base",
    [
        "https://evil.example/fhir",
        "https://hapi.example/fhirx",
        "https://hapi.example/fhir/../admin",
        "https://hapi.example:8443/fhir",
        "http://hapi.example/fhir",
        "http://user@127.0.0.1/fhir",
        "http://127.0.0.1@evil.example/fhir",
        "http://127.0.0.1.evil.example/fhir",
        "http://localhost.evil.example/",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/fhir",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://127.0.0.1/fhir?x=1",
        "http://127.0.0.1/fhir#x",
        "http://127.0.0.1:notaport/fhir",
        "http://[::1/fhir",
        "http:///fhir",
        "",
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_nowhere_else(base: str) -> None:
    assert not DEMO.allows(base)


def test_without_demo_this_machine_is_nothing_special() -> None:
    assert not AllowedServers((), loopback=False).allows("http://127.0.0.1/fhir")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://a.example/fhir/Observation?x=1", True),
        ("https://a.example/fhir?_getpages=1", True),
        ("https://a.example/fhirx/Observation", False),
        ("http://a.example/fhir/Observation", False),
        ("https://a.example:444/fhir/x", False),
        ("https://b.example/fhir/x", False),
    ],
)
def test_a_next_link_stays_on_the_server(url: str, *, same: bool) -> None:
    assert same == same_server(url, "https://a.example/fhir/")
