"""Which servers may be called, in every spelling of their address."""

from __future__ import annotations

import pytest

from cds_service.adapters.fhir_client import AllowedServers
from cds_service.adapters.outbound import parse_base

DEMO = AllowedServers.of(("https://hapi.example/fhir", "http://fhir:8080/fhir/"), loopback=True)
SITE = AllowedServers.of(
    (
        "https://ehr.example/fhir",
        "https://10.1.2.3:8443/R4",
        "https://[2001:db8::1]/r4",
        "https://xn--bcher-kva.example/x",
    )
)


@pytest.mark.parametrize(
    ("named", "called"),
    [
        ("http://127.0.0.1:8080/fhir", "http://127.0.0.1:8080/fhir"),
        ("http://localhost/fhir", "http://localhost/fhir"),
        ("http://LOCALHOST:80/fhir", "http://localhost/fhir"),
        ("http://[::1]:9/fhir", "http://[::1]:9/fhir"),
        ("http://[0:0:0:0:0:0:0:1]:9/fhir", "http://[::1]:9/fhir"),
        ("http://127.1.2.3/x", "http://127.1.2.3/x"),
        ("https://hapi.example/fhir", "https://hapi.example/fhir"),
        ("https://hapi.example/fhir/", "https://hapi.example/fhir"),
        ("http://fhir:8080/fhir", "http://fhir:8080/fhir"),
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_a_demo_calls_named_servers_and_this_machine(named: str, called: str) -> None:
    assert called == str(DEMO.find(named))


@pytest.mark.parametrize(
    ("named", "called"),
    [
        ("https://ehr.example/fhir", "https://ehr.example/fhir"),
        ("HTTPS://EHR.Example:443/fhir/", "https://ehr.example/fhir"),
        ("https://10.1.2.3:8443/R4", "https://10.1.2.3:8443/R4"),
        ("https://[2001:0DB8:0::1]/r4", "https://[2001:db8::1]/r4"),
        ("https://XN--bcher-kva.example/x", "https://xn--bcher-kva.example/x"),
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_what_is_called_is_the_address_of_the_list(named: str, called: str) -> None:
    assert called == str(SITE.find(named))


@pytest.mark.parametrize(
    "named",
    [
        "https://evil.example/fhir",
        "https://hapi.example/fhirx",
        "https://hapi.example/FHIR",
        "https://hapi.example/fhir/..",
        "https://hapi.example/fhir/../admin",
        "https://hapi.example/fhir/./",
        "https://hapi.example//fhir",
        "https://hapi.example/fhir//",
        "https://hapi.example/%66hir",
        "https://hapi.example/fhir/%2e%2e/admin",
        "https://hapi.example:8443/fhir",
        "https://hapi.example.:443/fhir",
        "https://hapi.example./fhir",
        "https://hapi%2eexample/fhir",
        "http://hapi.example/fhir",
        "https://hapi.example\\@evil.example/fhir",
        "https://hapi.example#@evil.example/fhir",
        "https://hapi.example?@evil.example/fhir",
        "https://evil.example\\.hapi.example/fhir",
        "https://hapi.example:443@evil.example/fhir",
        "https://@hapi.example/fhir",
        "https://hapi.example/fhir\n",
        " https://hapi.example/fhir",
        "https://hapi.example/fhir\t",
        "https://hapi.ex\tample/fhir",
        "https://ʜapi.example/fhir",
        "https://hapi。example/fhir",
        "https://ﬁhir.example/fhir",
        "http://user@127.0.0.1/fhir",
        "http://127.0.0.1@evil.example/fhir",
        "http://127.0.0.1.evil.example/fhir",
        "http://localhost.evil.example/",
        "http://localhost./fhir",
        "http://loc%61lhost/fhir",
        "http://ⓛocalhost/fhir",
        "http://127.0.0.1./fhir",
        "http://127.1/fhir",
        "http://2130706433/fhir",
        "http://0x7f000001/fhir",
        "http://0x7f.0.0.1/fhir",
        "http://0177.0.0.1/fhir",
        "http://127.0.0.01/fhir",
        "http://017700000001/fhir",
        "http://0/fhir",
        "http://0.0.0.0/fhir",
        "http://[::]/fhir",
        "http://[::ffff:127.0.0.1]/fhir",
        "http://[::ffff:7f00:1]/fhir",
        "http://[::127.0.0.1]/fhir",
        "http://[64:ff9b::7f00:1]/fhir",
        "http://[2002:7f00:1::]/fhir",
        "http://[::1%25lo]/fhir",
        "http://[::1%lo]/fhir",
        "http://[::1/fhir",
        "http://::1/fhir",
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/latest",
        "http://10.0.0.1/fhir",
        "http://127.0.0.1/fhir?x=1",
        "http://127.0.0.1/fhir#x",
        "http://127.0.0.1:notaport/fhir",
        "http://127.0.0.1:/fhir",
        "http://127.0.0.1:0/fhir",
        "http://127.0.0.1:65536/fhir",
        "http://127.0.0.1:-1/fhir",
        "http://127.0.0.1: 80/fhir",
        "http:/127.0.0.1/fhir",
        "http:127.0.0.1/fhir",
        "//127.0.0.1/fhir",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http:///fhir",
        "http://",
        "",
        "http://127.0.0.1/" + "x" * 3000,
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_nowhere_else(named: str) -> None:
    assert DEMO.find(named) is None


def test_without_demo_this_machine_is_nothing_special() -> None:
    assert AllowedServers().find("http://127.0.0.1/fhir") is None
    assert SITE.find("http://localhost/fhir") is None


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://a.example/fhir/Observation?x=1", True),
        ("https://A.example:443/fhir/Observation?x=https://b.example/..", True),
        ("https://a.example/fhir?_getpages=1", True),
        ("https://a.example/fhir/DEFAULT/$page/%7B1%7D?x=1", True),
        ("https://a.example/fhir", True),
        ("https://a.example/fhirx/Observation", False),
        ("https://a.example/?x=/fhir/", False),
        ("https://a.example/fhir/../admin", False),
        ("https://a.example/fhir/%2e%2e/admin", False),
        ("https://a.example/fhir/%2E./admin", False),
        ("https://a.example/fhir/..%2fadmin", False),
        ("https://a.example/fhir/..%5cadmin", False),
        ("https://a.example/fhir/..\\admin", False),
        ("https://a.example\\@b.example/fhir/x", False),
        ("https://a.example@b.example/fhir/x", False),
        ("https://b.example/fhir/x", False),
        ("https://a.example:444/fhir/x", False),
        ("http://a.example/fhir/Observation", False),
        ("http://a.example:443/fhir/Observation", False),
        ("https://a.example./fhir/Observation", False),
        ("ftp://a.example/fhir/Observation", False),
        ("", False),
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_a_next_link_stays_on_the_server(url: str, *, same: bool) -> None:
    assert same == parse_base("https://a.example/fhir/").leads_to(url)


def test_a_server_at_the_root_has_everything_below_it() -> None:
    assert parse_base("https://a.example").leads_to("https://a.example/Observation?x=1")


@pytest.mark.parametrize(
    "host", ["::ffff:7f00:1", "::7f00:1", "::2", "2002:7f00:1::", "2001:0::1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"]
)
@pytest.mark.requirement("hooks:F4")
def test_no_list_can_have_an_ipv4_address_inside_an_ipv6_address(host: str) -> None:
    with pytest.raises(ValueError, match="embedded"):
        parse_base(f"https://[{host}]/fhir")
