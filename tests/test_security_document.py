"""What docs/security.md says about the clients file and about refusals is true."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from cds_service.adapters.clients import _Entry, read_clients
from cds_service.adapters.tokens import Reason
from cds_service.app import create_app
from cds_service.settings import Settings
from tests.documents import fences, read, rows
from tests.hooks.ehr import PUBLIC_URL, clients_file
from tests.parts import ROOT

PAGE = read(ROOT / "docs" / "security.md")


def code_in(head: str, column: int = 0) -> list[str]:
    """The text in backquotes in a column of a table."""
    return [name for cells in rows(PAGE, head) for name in re.findall(r"`([^`]+)`", cells[column])]


def test_the_example_is_a_clients_file(tmp_path: Path) -> None:
    (example,) = fences(PAGE, "toml")

    (registration,) = read_clients(clients_file(tmp_path, example), ["icans-patient-view"])

    assert "mercy" == registration.client.name


def test_every_key_is_explained_with_its_default() -> None:
    fields = {field.name: field for field in msgspec.structs.fields(_Entry)}
    defaults = {cells[0]: cells[1] for cells in rows(PAGE, "key")}

    assert sorted(fields) == sorted(code_in("key"))
    assert sorted(field.name for field in fields.values() if field.required) == sorted(
        name.strip("`") for name, default in defaults.items() if default == "required"
    )
    assert [f"{fields[name].default:g}" for name in ("leeway_s", "lifetime_s")] == [
        defaults["`leeway_s`"],
        defaults["`lifetime_s`"],
    ]
    assert ", ".join(f"`{name}`" for name in fields["algorithms"].default) == defaults["`algorithms`"]


def test_every_reason_for_a_refusal_is_explained() -> None:
    assert sorted(Reason) == sorted(code_in("reason"))


def test_every_path_open_to_all_is_listed(tmp_path: Path) -> None:
    settings = Settings(clients=str(clients_file(tmp_path)), public_url=PUBLIC_URL, store=str(tmp_path / "s.sqlite"))
    client = create_app(settings).test_client()
    paths = [rule.rule for rule in client.application.url_map.iter_rules() if "<" not in rule.rule]
    (named,) = re.findall(r"to anybody\.\s+(.*?)need no\s+token", PAGE, re.DOTALL)

    assert {path for path in paths if client.get(path).status_code != 401} == set(re.findall(r"`([^`]+)`", named))
