"""icans-cds feedback: rates by service, grade and reason, for a terminal and as CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.adapters.database import Database
from cds_service.adapters.feedback_store import Feedback, FeedbackStore
from cds_service.cli.feedback import feedback
from cds_service.errors import SettingsError
from tests.builders import NOW
from tests.store.test_feedback_store import CARD

_numbers = count(1)


def asked(*options: str, **variables: str) -> Result:
    return CliRunner(env={"ICANS_STORE": None, **variables}).invoke(feedback, options)


def rows(*options: str) -> list[list[str]]:
    """The rows of the tables as lists of cells."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in asked(*options).output.splitlines()]


@pytest.fixture
def store(address: str) -> FeedbackStore:
    return FeedbackStore(Database(address))


def shown(store: FeedbackStore, **changes: object) -> str:
    card = CARD._replace(card=f"card-{next(_numbers)}", **changes)
    store.remember([card])
    return card.card


def act(store: FeedbackStore, card: str, outcome: str, client: str = "mercy", **more: object) -> None:
    entry = Feedback(card, outcome, NOW, **{"accepted": ("s",) if outcome == "accepted" else (), **more})
    store.add([entry], client, "icans-patient-view", NOW)


def test_rates_by_service_and_grade(store: FeedbackStore, address: str) -> None:
    act(store, shown(store), "accepted")
    act(store, shown(store), "overridden", reason="grade-differs")
    shown(store)
    shown(store)
    act(store, shown(store, service="icans-order-sign", grade=3, certainty="at-least"), "accepted")
    shown(store, grade=None, certainty="cannot-grade")

    assert [
        ["service", "ICANS grade", "shown", "accepted", "overridden", "unanswered"],
        ["icans-order-sign", "3 at-least", "1", "1 (100%)", "0 (0%)", "0 (0%)"],
        ["icans-patient-view", "2", "4", "1 (25%)", "1 (25%)", "2 (50%)"],
        ["icans-patient-view", "cannot-grade", "1", "0 (0%)", "0 (0%)", "1 (100%)"],
        ["all", "6", "2 (33%)", "1 (17%)", "3 (50%)"],
    ] == rows("--store", address)[:5]


def test_reasons_of_overrides(store: FeedbackStore, address: str) -> None:
    for reason in ("grade-differs", "grade-differs", "45", ""):
        act(store, shown(store), "overridden", reason=reason)
    act(store, shown(store), "overridden", commented=True)
    act(store, shown(store, grade=1), "overridden", reason="45", commented=True)
    act(store, shown(store, grade=1), "overridden", reason="45")

    assert [
        [],
        ["service", "ICANS grade", "overridden", "reason"],
        ["icans-patient-view", "1", "2 (100%)", "45"],
        ["icans-patient-view", "2", "2 (40%)", "grade-differs"],
        ["icans-patient-view", "2", "1 (20%)", "45"],
        ["icans-patient-view", "2", "1 (20%)", "none given"],
        ["icans-patient-view", "2", "1 (20%)", "only a comment (not kept)"],
    ] == rows("--store", address)[4:]


def test_the_newest_outcome_of_a_card_counts(store: FeedbackStore, address: str) -> None:
    card = shown(store)
    later = Feedback(card, "accepted", NOW + timedelta(hours=1), accepted=("s",))
    store.add([later], "mercy", "icans-patient-view", NOW)
    act(store, card, "overridden")
    assert ["icans-patient-view", "2", "1", "1 (100%)", "0 (0%)", "0 (0%)"] == rows("--store", address)[1]


def test_feedback_on_unknown_cards_and_by_other_clients_is_listed_separately(store, address: str) -> None:
    act(store, shown(store), "accepted", client="other")
    act(store, "123456", "overridden")

    unknown = [one for one in store.tallies() if one.certainty == "unknown-card"]
    assert {("", "accepted"), ("", "overridden")} == {(one.topic, one.outcome) for one in unknown}
    output = asked("--store", address).output
    assert ["icans-patient-view", "2", "1", "0 (0%)", "0 (0%)", "1 (100%)"] == rows("--store", address)[1]
    assert "Feedback on 2 more cards that are not in this store" in output


@pytest.mark.parametrize(
    ("since", "number"), [("2026-03-08", 1), ("2026-03-08T09:00", 1), ("2026-03-08T09:01", 0), ("2026-03-09", 0)]
)
def test_rates_can_be_limited_to_a_period(store: FeedbackStore, address: str, since: str, number: int) -> None:
    shown(store)
    shown(store, time=NOW - timedelta(days=1))
    found = json.loads(asked("--store", address, "--json", "--since", since).output)
    assert number == sum(tally["cards"] for tally in found)


def test_rates_can_be_printed_for_programs(store: FeedbackStore, address: str) -> None:
    act(store, shown(store), "overridden", reason="grade-differs", reason_system="urn:x")
    expected = {
        "service": "icans-patient-view",
        "topic": "icansGrade2",
        "grade": 2,
        "certainty": "exact",
        "outcome": "overridden",
        "reason_system": "urn:x",
        "reason": "grade-differs",
        "commented": False,
        "cards": 1,
    }
    assert [expected] == json.loads(asked("--store", address, "--json").output)
    (row,) = csv.DictReader(io.StringIO(asked("--store", address, "--csv").output))
    assert {name: str(value) for name, value in expected.items()} == row


def test_without_any_card_it_says_what_to_check(store: FeedbackStore, address: str) -> None:
    output = asked("--store", address).output
    assert output.startswith("No cards shown yet in the store")
    assert "/cds-services/{id}/feedback" in output
    assert "No cards shown since 2026-03-08 00:00 UTC" in asked("--store", address, "--since", "2026-03-08").output
    assert "[]\n" == asked("--store", address, "--json").output


def test_a_missing_store_is_not_created(tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite"
    result = asked(ICANS_STORE=str(missing))
    assert isinstance(result.exception, SettingsError)
    assert f"no store at {missing}" in str(result.exception)
    assert not missing.exists()
