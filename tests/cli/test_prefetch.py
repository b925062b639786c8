"""icans-cds prefetch prints the templates that discovery would list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.app import create_app
from cds_service.cli import commands
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.hooks.ehr import clients_file


def printed(*words: str) -> Result:
    return CliRunner().invoke(commands, ["prefetch", *words], env={})


def templates(*words: str) -> dict[str, str]:
    return json.loads(printed(*words, "--json").output)


@pytest.mark.parametrize("profile", ["generic", "hapi", "epic", "oracle"])
def test_the_templates_are_those_of_discovery(profile: str) -> None:
    app = create_app(Settings(demo=True, profile=profile)).test_client()
    listed = {one["id"]: one["prefetch"] for one in app.get("/cds-services").get_json()["services"]}

    assert listed["icans-order-sign"] == templates("--profile", profile)


def test_each_key_is_printed_with_its_length_and_who_needs_it() -> None:
    lines = printed("--profile", "epic").output.splitlines()

    assert lines[0].startswith("# Epic: ")
    for key, template in templates("--profile", "epic").items():
        number = next(number for number, line in enumerate(lines) if line.startswith(f"# {key} ("))
        assert lines[number].endswith(f", {len(template)} characters")
        assert template == lines[number + 1]
    assert any("(only icans-order-select, icans-order-sign, icans-encounter-start)" in line for line in lines)


def test_templates_can_be_dated() -> None:
    assert "date=ge{{today() - 45 days}}" in templates("--dated")["neuro"]
    assert "today()" not in templates()["neuro"]


def test_the_codes_of_a_site_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[codes]\nice-total = [["https://hospital.example/flowsheet", "301940"]]\n')

    assert "https://hospital.example/flowsheet%7C301940" in templates("--guideline", str(file))["scores"]


def test_the_templates_of_a_client_are_those_of_its_entry(tmp_path: Path) -> None:
    file = str(clients_file(tmp_path, profile="oracle", dated_templates=True, url_limit=1000))
    shown = templates("--client", file, "mercy")

    assert "labs-2" in shown
    assert "date=ge{{today() - 45 days}}T00:00:00Z" in shown["neuro"]
    assert isinstance(printed("--client", file, "nobody").exception, SettingsError)
