"""The headers of every answer, and who may call from a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.sandbox.sandbox import SANDBOX
from cds_service.settings import Settings
from tests.builders import NOW, hook_request, prefetch
from tests.hooks.client import Client
from tests.hooks.ehr import PUBLIC_URL, clients_file
from tests.hooks.test_refusals import PATH, refused

EHR = "https://ehr.example"
PREFLIGHT = {
    "Origin": EHR,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(scope="module")
def listed() -> Client:
    """A service that the pages of one EHR may call."""
    return Client(create_app(Settings(demo=True, cors_origin=(EHR,)), now=lambda: NOW).test_client())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/cds-services"),
        ("POST", PATH),
        ("POST", f"{PATH}/feedback"),
        ("GET", "/health/live"),
        ("GET", "/knowledge"),
        ("GET", "/knowledge/attributes"),
        ("GET", "/nowhere"),
        ("GET", "/fhir/Patient"),
        ("GET", "/"),
        ("GET", "/assets/sandbox.css"),
    ],
)
def test_every_answer_has_the_security_headers(client: Client, method: str, path: str) -> None:
    headers = client.flask.open(path, method=method).headers

    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "DENY" == headers["X-Frame-Options"]
    assert "no-referrer" == headers["Referrer-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] in {"no-store", "no-cache"}


def test_pages_run_no_inline_scripts(client: Client) -> None:
    policy = client.flask.get("/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


@pytest.mark.requirement("hooks:X1")
@pytest.mark.parametrize("path", ["/cds-services", PATH, f"{PATH}/feedback"])
def test_a_preflight_needs_no_token(listed: Client, path: str) -> None:
    headers = listed.flask.options(path, headers=PREFLIGHT).headers

    assert EHR == headers["Access-Control-Allow-Origin"]
    assert {"GET", "POST"} <= set(headers["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "content-type"} == set(headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.requirement("hooks:X1")
def test_a_listed_origin_can_read_an_answer(listed: Client) -> None:
    for response in (
        listed.flask.post(PATH, json=hook_request(prefetch()), headers={"Origin": EHR}),
        listed.flask.post(PATH, json={}, headers={"Origin": EHR}),
    ):
        assert EHR == response.headers["Access-Control-Allow-Origin"]
        assert {"X-Knowledge-Version", "Retry-After"} <= set(
            response.headers["Access-Control-Expose-Headers"].split(", ")
        )


@pytest.mark.requirement("hooks:X1")
@pytest.mark.requirement("hooks:X5")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://ehr.example",
        "https://ehr.example.evil.example",
        "https://ehrxexample",
        "https://sub.ehr.example",
        "https://ehr.example:8443",
        "null",
    ],
)
def test_no_other_origin_is_allowed(listed: Client, origin: str) -> None:
    for response in (
        listed.flask.options(PATH, headers=PREFLIGHT | {"Origin": origin}),
        listed.flask.post(PATH, json=hook_request(prefetch()), headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_in_a_demo_any_origin_may_call_unless_some_are_listed(client: Client) -> None:
    assert "*" == client.flask.options(PATH, headers=PREFLIGHT).headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("origin", ["*", "ehr.example", "https://ehr.example/", "https://*.example", "null", ".*"])
def test_an_origin_must_be_complete(origin: str) -> None:
    with pytest.raises(SettingsError, match="ICANS_CORS_ORIGIN"):
        Settings.from_env({"ICANS_CORS_ORIGIN": origin})


# --- links and redirects --------------------------------------------------------------------------------------

EVIL = {"Host": "evil.example"}


@pytest.mark.requirement("hooks:R6")
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/cds-services//icans-patient-view",
        "//cds-services/icans-patient-view",
        "//evil.example/cds-services",
        "/cds-services/icans-patient-view//feedback",
        "/cds-services/icans-patient-view/",
        "/cds-services/",
        "/health//live",
        "/health/live/",
        "/knowledge/",
        "/openapi.json/",
        "/fhir//Patient",
        "/fhir/Patient/",
        "/patients//x",
    ],
)
def test_no_answer_links_to_a_host_named_by_the_caller(client: Client, method: str, path: str) -> None:
    answer = client.flask.open(path, method=method, headers=EVIL)

    assert answer.status_code in {200, 404, 405}
    assert "Location" not in answer.headers
    assert "evil.example" not in answer.text


@pytest.mark.requirement("hooks:R6")
def test_two_slashes_are_another_address_even_before_authentication(tmp_path: Path) -> None:
    settings = Settings(clients=str(clients_file(tmp_path)), public_url=PUBLIC_URL, store=str(tmp_path / "s.sqlite"))
    signed = Client(create_app(settings, now=lambda: NOW).test_client())

    refused(signed.flask.post("/cds-services//icans-patient-view", json={}, headers=EVIL), 404)


@pytest.mark.parametrize("path", ["/reset", "/patients/{patient}"])
def test_links_between_sandbox_pages_name_no_host(client: Client, path: str) -> None:
    patient = next(iter(client.flask.application.extensions[SANDBOX].stories))
    answer = client.flask.post(path.format(patient=patient), headers=EVIL)

    assert 303 == answer.status_code
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_no_route_redirects_for_a_trailing_slash(client: Client) -> None:
    rules = [rule.rule for rule in client.flask.application.url_map.iter_rules()]

    assert ["/"] == [rule for rule in rules if rule.endswith("/")]
