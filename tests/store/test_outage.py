"""A failing store: cards are shown, feedback is refused but not lost, and everything works once it is back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cds_service.adapters import database as adapter
from cds_service.adapters.database import Database
from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, ice, prefetch
from tests.hooks.client import Client
from tests.store.postgresql import Postgresql, serving

PATH = "/cds-services/icans-patient-view/feedback"
GRADE_2 = prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel()))
KEY = "a secret of at least 32 characters"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pause after a failure: long enough to be noticed, short enough for a test."""
    monkeypatch.setattr(adapter, "DURABLE_SECONDS", 1.0)
    monkeypatch.setattr(adapter, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "decisions"


def client_of(address: str, log: Path) -> Client:
    settings = Settings(demo=True, store=address, decision_log=str(log), quieter_repeats=True, repeat_key=KEY)
    return Client(create_app(settings, now=lambda: NOW).test_client())


def send(client: Client, card: str) -> tuple[int, Any]:
    entry = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:10:00Z"}
    response = client.post({"feedback": [entry]}, PATH)
    return response.status_code, response.get_json()


def last_line(log: Path) -> dict[str, Any]:
    return json.loads(log.read_text().splitlines()[-1])


def outage(client: Client, log: Path) -> str:
    """Check what a clinician and an EHR see during an outage; returns the card that was shown."""
    (card,) = client.call(GRADE_2)["cards"]
    assert ("warning", False) == (card["indicator"], last_line(log)["remembered"])
    status, answer = send(client, card["uuid"])
    assert (503, "transient") == (status, answer["issue"][0]["code"])
    return card["uuid"]


def recovered(client: Client, unseen: str) -> None:
    """Refused feedback is accepted when sent again; the card from the outage stays unknown, the next one is known."""
    assert (200, {"received": 1, "new": 1, "unknownCards": 1}) == send(client, unseen)
    (card,) = client.call(GRADE_2)["cards"]
    assert (200, {"received": 1, "new": 1, "unknownCards": 0}) == send(client, card["uuid"])


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another connection that holds the write lock."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.rollback()
    connection.close()


def test_cards_are_shown_while_the_file_is_locked(tmp_path: Path, log: Path) -> None:
    file = tmp_path / "store.sqlite"
    client = client_of(str(file), log)
    with locked(file):
        unseen = outage(client, log)
    recovered(client, unseen)


@pytest.fixture
def server() -> Iterator[Postgresql]:
    """A server that the test may stop."""
    with serving() as one:
        yield one


@pytest.mark.postgresql
def test_cards_are_shown_while_the_server_is_down(server: Postgresql, log: Path) -> None:
    client = client_of(server.new_database("store"), log)
    client.call(GRADE_2)
    server.stop()
    unseen = outage(client, log)
    server.start()
    recovered(client, unseen)


@pytest.mark.postgresql
def test_the_service_starts_before_its_database_server(server: Postgresql, log: Path) -> None:
    address = server.new_database("store")
    server.stop()
    client = client_of(address, log)
    unseen = outage(client, log)
    server.start()
    recovered(client, unseen)


def test_after_a_failure_the_store_is_skipped_for_a_while(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PAUSE_SECONDS", 3600)
    file = tmp_path / "store.sqlite"
    client = client_of(str(file), log)
    with locked(file):
        outage(client, log)
    (card,) = client.call(GRADE_2)["cards"]
    assert last_line(log)["remembered"] is False
    assert (200, {"received": 1, "new": 1, "unknownCards": 1}) == send(client, card["uuid"])


def test_the_log_says_that_something_was_lost_but_not_what(
    tmp_path: Path, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "store.sqlite"
    client = client_of(str(file), log)
    with locked(file):
        unseen = outage(client, log)
    assert (
        "cards are shown but not stored, so feedback on them cannot be matched: "
        "the store cannot be used (OperationalError)" in caplog.text
    )
    assert unseen not in caplog.text


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("missing/store.sqlite", "missing/store.sqlite cannot be opened for writing"),
        ("mysql://a/b", "a SQLite file or a PostgreSQL database"),
        ("sqlite://", "a SQLite file or a PostgreSQL database"),
        ("nonsense://x", "not a file name"),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_the_start(address: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        Database(address)
