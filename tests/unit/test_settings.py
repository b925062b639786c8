"""Settings from the environment and the command line."""

from __future__ import annotations

from dataclasses import fields

import pytest

from cds_service.errors import SettingsError
from cds_service.settings import HELP, Settings


def test_every_setting_is_explained() -> None:
    assert {field.name for field in fields(Settings)} == set(HELP)


def test_the_environment_sets_every_kind() -> None:
    environ = {
        "ICANS_PORT": "9000",
        "ICANS_DEMO": "yes",
        "ICANS_DEADLINE_SECONDS": "3.5",
        "ICANS_FHIR_SERVER": "http://a/fhir, http://b/fhir",
        "ICANS_TIME_ZONE": "Europe/Berlin",
        "HOME": "/root",
        "ICANS_UNKNOWN": "x",
    }

    settings = Settings.from_env(environ)

    assert (9000, True, 3.5) == (settings.port, settings.demo, settings.deadline_seconds)
    assert ("http://a/fhir", "http://b/fhir") == settings.fhir_server
    assert "Europe/Berlin" == str(settings.zone)


def test_the_command_line_goes_over_the_environment() -> None:
    settings = Settings.from_env({"ICANS_PORT": "9000"}).changed(
        {"port": "1", "fhir_server": ("http://c",), "demo": False}
    )

    assert (1, ("http://c",), False) == (settings.port, settings.fhir_server, settings.demo)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ICANS_PORT", "many"),
        ("ICANS_PORT", "-1"),
        ("ICANS_PORT", "65536"),
        ("ICANS_WORKERS", "0"),
        ("ICANS_DEMO", "perhaps"),
        ("ICANS_DEADLINE_SECONDS", "0"),
        ("ICANS_DEADLINE_SECONDS", "nan"),
        ("ICANS_TIME_ZONE", "Mars/Base"),
        ("ICANS_TIME_ZONE", "../etc"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_the_last_port_is_one() -> None:
    assert 65535 == Settings.from_env({"ICANS_PORT": "65535"}).port


def test_without_a_zone_the_data_decide() -> None:
    assert Settings().zone is None


@pytest.mark.parametrize("url", ["http://a.example/card", "javascript:alert(1)", "https://a.example/a b", "card.pdf"])
@pytest.mark.parametrize("name", ["wallet_card_url", "handout_url"])
def test_a_page_for_patients_has_an_https_address(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match=f"ICANS_{name.upper()}"):
        Settings().changed({name: url})


def test_a_page_for_patients_may_have_a_port_and_a_query() -> None:
    url = "https://a.example:8443/card?lang=en#top"

    assert url == Settings().changed({"handout_url": url}).handout_url
