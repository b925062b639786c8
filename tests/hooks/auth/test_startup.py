"""The service starts only with registered clients and with TLS for FHIR servers, or as a demo."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.builders import NOW
from tests.hooks.auth.calls import DEMO, Trusting, call
from tests.hooks.client import Client
from tests.hooks.ehr import (
    PUBLIC_URL,
    clients_file,
    token,
)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"clients": ""}, "refusing to start: every caller must be authenticated"),
        ({"public_url": ""}, "ICANS_PUBLIC_URL: not a plain base URL"),
        ({"public_url": "http://cds.example"}, "ICANS_PUBLIC_URL must be https"),
        ({"public_url": "https://cds.example/?x"}, "ICANS_PUBLIC_URL: not a plain base URL"),
        ({"ca_file": "/nowhere.pem"}, "ICANS_CA_FILE: no such file: /nowhere.pem"),
        ({"fhir_server": ("https://ehr.example/fhir",)}, "ICANS_FHIR_SERVER is for a demo"),
        (
            {"demo": True, "fhir_server": ("https://ehr.example/fhir",)},
            "ICANS_FHIR_SERVER is for a demo without clients",
        ),
        ({"demo": True, "public_url": ""}, "ICANS_PUBLIC_URL: not a plain base URL"),
    ],
)
def test_a_service_without_clients_does_not_start(trusting: Trusting, settings: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        trusting(settings)


@pytest.mark.requirement("hooks:T5")
def test_outside_a_demo_no_server_is_called_without_tls(trusting: Trusting) -> None:
    with pytest.raises(
        SettingsError, match=r"client\.mercy\.fhir_servers: http://127\.0\.0\.1:8080/fhir: must be https"
    ):
        trusting(fhir_servers=["http://127.0.0.1:8080/fhir"])


@pytest.mark.requirement("hooks:J1")
def test_a_demo_with_clients_authenticates_its_callers_and_has_its_sandbox(trusting: Trusting) -> None:
    demo = trusting(DEMO)

    assert [401, 200] == [call(demo, headers).status_code for headers in ({}, token())]
    assert 401 == demo.flask.get("/cds-services").status_code
    page = demo.flask.get("/patients/grade-2-worsening")
    assert (200, True) == (page.status_code, "ICANS grade 2" in page.text)


def test_tokens_expire_by_the_clock(tmp_path: Path) -> None:
    clock = [NOW]
    file = clients_file(tmp_path)
    settings = Settings(clients=str(file), public_url=PUBLIC_URL, store=str(tmp_path / "store.sqlite"))
    client = Client(create_app(settings, now=lambda: clock[0]).test_client())
    header = token()
    assert 200 == call(client, header).status_code

    clock[0] = NOW + timedelta(minutes=6)
    assert 401 == call(client, header).status_code
    assert 200 == call(client, token(now=clock[0])).status_code
