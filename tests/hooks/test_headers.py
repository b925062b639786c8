"""What goes with every answer, and who may call from a browser."""

from __future__ import annotations

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.builders import NOW, hook_request, prefetch
from tests.hooks.client import Client
from tests.hooks.test_bad_input import PATH

EHR = "https://ehr.example"
PREFLIGHT = {
    "Origin": EHR,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(scope="module")
def listed() -> Client:
    """A service that lets the pages of one EHR call."""
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
def test_every_answer_protects_itself(client: Client, method: str, path: str) -> None:
    headers = client.flask.open(path, method=method).headers

    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "DENY" == headers["X-Frame-Options"]
    assert "no-referrer" == headers["Referrer-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] in {"no-store", "no-cache"}


def test_pages_run_nothing_that_stands_in_them(client: Client) -> None:
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
def test_an_answer_can_be_read_by_the_origin_on_the_list(listed: Client) -> None:
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
def test_no_other_origin_is_let_in(listed: Client, origin: str) -> None:
    for response in (
        listed.flask.options(PATH, headers=PREFLIGHT | {"Origin": origin}),
        listed.flask.post(PATH, json=hook_request(prefetch()), headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_in_a_demo_any_origin_may_call_unless_some_are_listed(client: Client) -> None:
    assert "*" == client.flask.options(PATH, headers=PREFLIGHT).headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("origin", ["*", "ehr.example", "https://ehr.example/", "https://*.example", "null", ".*"])
def test_an_origin_is_written_out(origin: str) -> None:
    with pytest.raises(SettingsError, match="ICANS_CORS_ORIGIN"):
        Settings.from_env({"ICANS_CORS_ORIGIN": origin})
