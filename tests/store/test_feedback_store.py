"""What is stored about cards and feedback, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text

from cds_service.adapters.database import Database
from cds_service.adapters.feedback_store import Feedback, FeedbackStore, Receipt, ShownCard
from cds_service.errors import StoreUnavailableError
from tests.builders import NOW

CARD = ShownCard(
    card="21f3486f-4472-46f0-95ab-39d857ea9608",
    time=NOW,
    client="mercy",
    service="icans-patient-view",
    topic="icansGrade2",
    indicator="warning",
    certainty="exact",
    grade=2,
    knowledge="astct-2019 sha256:0",
)
OVERRIDDEN = Feedback(CARD.card, "overridden", NOW, reason_system="urn:x", reason="grade-differs", commented=True)
ACCEPTED = Feedback(CARD.card, "accepted", NOW, accepted=("s-1", "s-2"))


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = Database(address)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> FeedbackStore:
    return FeedbackStore(database)


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    with database.durable() as connection:
        return [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))]


def add(store: FeedbackStore, *entries: Feedback, client: str = "mercy") -> Receipt:
    return store.add(entries, client, "icans-order-sign", NOW)


def test_feedback_is_stored_with_the_grade_of_the_card(store: FeedbackStore, database: Database) -> None:
    store.remember([CARD])

    assert Receipt(received=1, new=1, unknown_cards=0) == add(store, OVERRIDDEN)
    (kept,) = rows(database, "feedback")
    assert ("icans-patient-view", "icansGrade2", "exact", 2) == tuple(
        kept[name] for name in ("service", "topic", "certainty", "grade")
    )
    assert ("overridden", "urn:x", "grade-differs") == (kept["outcome"], kept["reason_system"], kept["reason"])
    assert "astct-2019 sha256:0" == kept["knowledge"]


def test_feedback_on_an_unknown_card_is_stored_with_the_service_of_the_url(store, database) -> None:
    assert Receipt(received=1, new=1, unknown_cards=1) == add(store, OVERRIDDEN)
    (kept,) = rows(database, "feedback")
    assert ("icans-order-sign", None, None) == (kept["service"], kept["topic"], kept["grade"])


def test_a_card_without_a_grade_is_kept_without_one(store, database) -> None:
    store.remember([CARD._replace(grade=None, certainty="cannot-grade")])
    add(store, OVERRIDDEN)

    (kept,) = rows(database, "feedback")
    assert (None, "cannot-grade") == (kept["grade"], kept["certainty"])


def test_the_same_message_again_changes_nothing(store, database) -> None:
    add(store, OVERRIDDEN, ACCEPTED)
    before = rows(database, "feedback")

    assert Receipt(received=2, new=0, unknown_cards=1) == add(store, OVERRIDDEN, ACCEPTED)
    assert before == rows(database, "feedback")


def test_a_repeated_entry_in_one_message_is_stored_once(store) -> None:
    assert Receipt(received=2, new=1, unknown_cards=1) == add(store, OVERRIDDEN, OVERRIDDEN)


@pytest.mark.parametrize(
    "other",
    [
        OVERRIDDEN._replace(outcome="accepted"),
        OVERRIDDEN._replace(time=NOW + timedelta(seconds=1)),
        OVERRIDDEN._replace(reason="data-incorrect"),
        OVERRIDDEN._replace(reason_system=""),
        OVERRIDDEN._replace(card="other"),
        OVERRIDDEN._replace(accepted=("s-1",)),
    ],
)
@pytest.mark.requirement("hooks:B3")
def test_another_outcome_of_a_card_is_stored_too(store, other: Feedback) -> None:
    add(store, OVERRIDDEN)
    assert 1 == add(store, other).new


def test_the_order_of_suggestions_and_the_time_zone_make_no_difference(store) -> None:
    add(store, ACCEPTED)
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    assert 0 == add(store, ACCEPTED._replace(accepted=("s-2", "s-1"), time=berlin)).new


def test_another_clients_card_is_not_revealed(store, database) -> None:
    store.remember([CARD])

    assert Receipt(received=1, new=1, unknown_cards=1) == add(store, OVERRIDDEN, client="other")
    assert None is rows(database, "feedback")[0]["grade"]


def test_a_message_is_stored_whole_or_not_at_all(store, database, monkeypatch) -> None:
    broken = ACCEPTED._replace(outcome=None)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailableError, match=r"IntegrityError|NotNullViolation"):
        add(store, OVERRIDDEN, broken)
    assert [] == rows(database, "feedback")


def test_nothing_shown_is_nothing_written(store, database) -> None:
    store.remember([])
    assert [] == rows(database, "card_shown")


def test_stored_feedback_survives_a_restart(address: str) -> None:
    first = Database(address)
    FeedbackStore(first).remember([CARD])
    add(FeedbackStore(first), OVERRIDDEN)
    first.close()

    assert Receipt(received=1, new=0, unknown_cards=0) == add(FeedbackStore(Database(address)), OVERRIDDEN)
