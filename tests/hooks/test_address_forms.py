"""The many spellings of an address in fhirServer, next links and the clients file, tested with real servers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.adapters.clients import ClientsFileError, read_clients
from cds_service.adapters.outbound import parse_base
from cds_service.hooks import SERVICES
from tests.builders import hook_request
from tests.hooks.client import Client, evaluation
from tests.hooks.ehr import clients_file
from tests.hooks.fhir_server import Answer, Call, Server, serving
from tests.hooks.test_outbound import ACCESS, SCORES, ask, record
from tests.hooks.test_prefetch import gaps
from tests.hooks.test_refusals import refused
from tests.hooks.tls import certificate_for

# Some URL parser takes each for a server on this machine, though none is the address of one.
FORMS = {
    "ipv4-mapped-ipv6": "http://[::ffff:127.0.0.1]:{port}/fhir",
    "ipv4-mapped-ipv6-hex": "http://[::ffff:7f00:1]:{port}/fhir",
    "ipv4-compatible-ipv6": "http://[::127.0.0.1]:{port}/fhir",
    "ipv4-compatible-ipv6-hex": "http://[::7f00:1]:{port}/fhir",
    "nat64-local": "http://[64:ff9b:1::7f00:1]:{port}/fhir",
    "6to4": "http://[2002:7f00:1::]:{port}/fhir",
    "nat64": "http://[64:ff9b::7f00:1]:{port}/fhir",
    "ipv6-zone": "http://[::1%25lo]:{port}/fhir",
    "ipv6-without-brackets": "http://::1:{port}/fhir",
    "ipv6-unspecified": "http://[::]:{port}/fhir",
    "ipv4-decimal": "http://2130706433:{port}/fhir",
    "ipv4-octal": "http://017700000001:{port}/fhir",
    "ipv4-octal-part": "http://0177.0.0.1:{port}/fhir",
    "ipv4-hex": "http://0x7f000001:{port}/fhir",
    "ipv4-hex-part": "http://0x7f.1:{port}/fhir",
    "ipv4-hex-upper-case": "http://0X7F.0.0.1:{port}/fhir",
    "ipv4-short": "http://127.1:{port}/fhir",
    "ipv4-zero": "http://0:{port}/fhir",
    "ipv4-unspecified": "http://0.0.0.0:{port}/fhir",
    "ipv4-full-width": "http://\uff11\uff12\uff17.0.0.1:{port}/fhir",
    "userinfo": "http://user@127.0.0.1:{port}/fhir",
    "userinfo-with-password": "http://ehr.example:443@127.0.0.1:{port}/fhir",
    "userinfo-empty": "http://@127.0.0.1:{port}/fhir",
    "backslash": "http://127.0.0.1:{port}\\@ehr.example/fhir",
    "trailing-dot-address": "http://127.0.0.1.:{port}/fhir",
    "trailing-dot-name": "http://localhost.:{port}/fhir",
    "percent-encoded": "http://loc%61lhost:{port}/fhir",
    "ideographic-dot": "http://127。0.0.1:{port}/fhir",
}
SAME = {
    "mixed-case": "HTTP://127.0.0.1:{port}/fhir",
    "slash-at-the-end": "http://127.0.0.1:{port}/fhir/",
}
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def port_of(server: Server) -> int:
    return int(server.server_address[1])


@forms
@pytest.mark.requirement("hooks:F4")
def test_a_caller_cannot_name_a_server_by(client: Client, form: str) -> None:
    with serving(record) as server:
        body = hook_request(fhirServer=form.format(port=port_of(server)), fhirAuthorization=ACCESS)
        response = client.post(body)

    assert "fhirServer" in refused(response, response.status_code)
    assert response.status_code in {412, 422}
    assert [] == server.calls


@forms
@pytest.mark.requirement("hooks:F4")
def test_a_next_link_cannot_name_a_server_by(client: Client, form: str) -> None:
    def linking(call: Call) -> Answer:
        answer = record(call)
        if SCORES in call.query.get("code", [""])[0]:
            url = f"{form.format(port=port_of(server))}/Observation?page=1"
            answer.body["link"] = [{"relation": "next", "url": url}]
        return answer

    with serving(linking) as server:
        answer = client.call(fhirServer=server.base, fhirAuthorization=ACCESS)

    assert ("scores", "truncated") in gaps(answer)
    assert not [call for call in server.calls if "page" in call.query]


@forms
@pytest.mark.requirement("hooks:F4")
def test_a_clients_file_cannot_name_a_server_by(tmp_path: Path, form: str) -> None:
    with pytest.raises(ClientsFileError, match=r"client\.mercy\.fhir_servers: "):
        read_clients(clients_file(tmp_path, fhir_servers=[form.format(port=8080)]), SERVICES, demo=True)


@pytest.mark.parametrize("form", SAME.values(), ids=SAME)
@pytest.mark.requirement("hooks:F4")
def test_a_server_is_recognised_by(client: Client, form: str) -> None:
    with serving(record) as server:
        answer = client.call(fhirServer=form.format(port=port_of(server)), fhirAuthorization=ACCESS)

    assert 2 == evaluation(answer)["icans"]["grade"]


# --- paths outside the base address ---------------------------------------------------------------------------

PATHS = {
    "dots": "/../admin",
    "dots-encoded": "/%2e%2e/admin",
    "dots-half-encoded": "/.%2E/admin",
    "slash-encoded": "/..%2fadmin",
    "parameter": "/..;/admin",
    "parameter-with-a-value": "/..;a=b/admin",
    "parameter-of-one-dot": "/.;/..;/admin",
    "parameter-encoded": "/..%3b/admin",
    "dots-and-parameter-encoded": "/%2e%2e%3Ba/admin",
    "encoded-twice": "/%252e%252e/admin",
    "encoded-thrice": "/%25252e%25252e/admin",
    "slash-encoded-twice": "/..%252fadmin",
    "parameter-encoded-twice": "/..%253b/admin",
    "percent-alone": "/%/admin",
    "percent-encoded": "/%25/admin",
    "backslash-encoded": "/..%5cadmin",
    "nul": "/..%00/admin",
    "tab": "/..%09/admin",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.requirement("hooks:F4")
@pytest.mark.requirement("hooks:P6")
def test_a_next_link_cannot_leave_the_base_by(client: Client, path: str) -> None:
    def linking(call: Call) -> Answer:
        answer = record(call)
        if SCORES in call.query.get("code", [""])[0]:
            answer.body["link"] = [{"relation": "next", "url": f"{server.base}{path}?page=1"}]
        return answer

    with serving(linking) as server:
        answer = client.call(fhirServer=server.base, fhirAuthorization=ACCESS)

    assert ("scores", "truncated") in gaps(answer)
    assert not [call for call in server.calls if "page" in call.query]


@pytest.mark.parametrize("path", ["/Observation/_search", "/Observation;v=1", "/pages/a%2Bb"])
@pytest.mark.requirement("hooks:P6")
def test_a_next_link_may_go_further_down(path: str) -> None:
    assert parse_base("https://ehr.example/fhir").leads_to(f"https://ehr.example/fhir{path}?page=1")


# --- DNS rebinding ----------------------------------------------------------------------------------------------

NAME = "ehr.example"


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Resolve every name to this machine, as after DNS rebinding; the names that were looked up."""
    asked: list[str] = []
    resolve: Callable[..., Any] = socket.getaddrinfo

    def rebound(host: Any, *more: Any, **named: Any) -> Any:
        asked.append(str(host))
        return resolve("127.0.0.1", *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    return asked


def named(server: Server) -> str:
    return f"https://{NAME}:{port_of(server)}/fhir"


@pytest.mark.requirement("hooks:F4")
@pytest.mark.parametrize("known", [NAME, "other.example"], ids=["its-own-certificate", "another-certificate"])
def test_dns_rebinding_leads_to_a_server_without_the_right_certificate(
    tmp_path: Path, resolved: list[str], known: str
) -> None:
    """A listed name now resolves to this machine: the certificate of the server decides."""
    certificate = certificate_for(known, tmp_path)
    with serving(record) as server:
        certificate.secure(server)
        answer = ask(tmp_path, named(server), ca_file=str(certificate.certificate), deadline_seconds=5)

    assert NAME in resolved
    assert (known == NAME) == bool(server.calls)
    assert (known != NAME) == (("patient", "server-unavailable") in gaps(answer))


@pytest.mark.requirement("hooks:F4")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_on_no_list_is_never_looked_up(client: Client, resolved: list[str], scheme: str) -> None:
    with serving(record) as server:
        url = f"{scheme}://rebind.example:{port_of(server)}/fhir"
        refused(client.post(hook_request(fhirServer=url, fhirAuthorization=ACCESS)), 412)

    assert ([], []) == (resolved, server.calls)


@pytest.mark.requirement("hooks:F4")
def test_dns_rebinding_does_not_make_a_name_local(client: Client, resolved: list[str]) -> None:
    """A demo calls this machine by its address or as localhost, whatever other names resolve to it."""
    with serving(record) as server:
        for host in ("localhost.example", "127.0.0.1.example", "localhost.localdomain"):
            refused(client.post(hook_request(fhirServer=f"http://{host}:{port_of(server)}/fhir")), 412)

    assert ([], []) == (resolved, server.calls)
