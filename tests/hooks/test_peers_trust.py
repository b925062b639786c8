"""What others were seen to do wrong with trust, feedback and logs, each as a test that we do not."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.builders import NOW, hook_request, prefetch
from tests.hooks.client import Client
from tests.hooks.ehr import PUBLIC_URL, SERVICE, claims, clients_file, jwk, key_set, signed
from tests.hooks.fhir_server import Answer, serving
from tests.hooks.test_fhir_access import record
from tests.hooks.test_mistakes_of_others import GOOD
from tests.hooks.test_refusals import refused


@pytest.mark.requirement("hooks:J1")
def test_tokens_are_not_checked_unless_somebody_asks_for_it() -> None:
    with pytest.raises(SettingsError, match="every caller must be authenticated"):
        create_app(Settings())


@pytest.mark.requirement("hooks:J8")
def test_the_key_is_taken_from_the_address_in_the_token(tmp_path: Path) -> None:
    settings = Settings(clients=str(clients_file(tmp_path)), public_url=PUBLIC_URL, store=str(tmp_path / "s.sqlite"))
    app = create_app(settings, now=lambda: NOW)
    with serving(lambda _: Answer(key_set(jwk(name="evil")))) as server:
        token = signed(claims(), name="evil", jku=f"{server.base}/jwks.json")
        response = app.test_client().post(SERVICE, json=hook_request(prefetch()), headers={"Authorization": token})

    assert 401 == response.status_code
    assert [] == server.calls


@pytest.mark.requirement("hooks:B3")
def test_all_but_one_entry_of_feedback_are_lost(client: Client) -> None:
    entries = [
        {
            "card": f"4c1f3e5a-1d1c-4f5e-8a8e-0b6c6c1d2e{number}",
            "outcome": "overridden",
            "outcomeTimestamp": (NOW - timedelta(minutes=number)).isoformat(),
        }
        for number in (10, 20, 30)
    ]
    receipt = client.post({"feedback": entries}, f"{SERVICE}/feedback").get_json()

    assert (3, 3) == (receipt["received"], receipt["new"])


@pytest.mark.requirement("hooks:F2")
def test_bodies_and_tokens_go_to_the_log(client: Client, caplog: pytest.LogCaptureFixture, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(record) as server:
        client.call(fhirServer=server.base, fhirAuthorization={"access_token": "s3cret", "token_type": "Bearer"})
        refused(client.post(GOOD.replace("p-1", "s3cret!").encode()), 422)

    written = caplog.text + "".join(capfd.readouterr())
    for word in ("s3cret", "p-1", "dr-1", "ice-total", "1966"):
        assert word not in written
