"""What was shown, and what clinicians did with it: append-only, and without patient data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, insert, select
from sqlalchemy.engine import Connection

from cds_service.adapters.alert_memory import AlertMemory, CardAnswer, Impression
from cds_service.adapters.database import Database, UtcTime, insert_new, metadata

_ID, _NAME, _TEXT = String(64), String(255), Text()

SHOWN = Table(
    "card_shown",
    metadata,
    Column("card", _ID, primary_key=True),
    Column("time", UtcTime, nullable=False),
    Column("client", _NAME, nullable=False),
    Column("service", _NAME, nullable=False),
    Column("topic", _NAME, nullable=False),
    Column("indicator", _NAME, nullable=False),
    Column("certainty", _NAME, nullable=False),
    Column("grade", Integer),
    Column("knowledge", _TEXT, nullable=False),
    Index("card_shown_time", "time"),
)
FEEDBACK = Table(
    "feedback",
    metadata,
    Column("identity", _ID, primary_key=True),
    Column("received", UtcTime, nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("client", _NAME, nullable=False),
    Column("service", _NAME, nullable=False),
    Column("card", _ID, nullable=False),
    Column("outcome", _NAME, nullable=False),
    Column("reason_system", _NAME, nullable=False),
    Column("reason", _ID, nullable=False),
    Column("commented", Boolean, nullable=False),
    Column("accepted", _TEXT, nullable=False),
    Column("topic", _NAME),
    Column("indicator", _NAME),
    Column("certainty", _NAME),
    Column("grade", Integer),
    Column("knowledge", _TEXT),
    Index("feedback_time", "time"),
)
_ABOUT_THE_CARD = ("service", "topic", "indicator", "certainty", "grade", "knowledge")


class ShownCard(NamedTuple):
    """A card that went to a client; `grade` None: there was none, `certainty` says why."""

    card: str
    time: datetime
    client: str
    service: str
    topic: str
    indicator: str
    certainty: str
    grade: int | None
    knowledge: str


class Feedback(NamedTuple):
    """What a clinician did with a card; a comment is not kept, only that there was one."""

    card: str
    outcome: str
    time: datetime
    accepted: tuple[str, ...] = ()
    reason_system: str = ""
    reason: str = ""
    commented: bool = False

    def identity(self, client: str) -> str:
        """The same for a message that is sent again, another for another act on the same card."""
        parts = [client, self.card, self.outcome, self.time.timestamp(), sorted(self.accepted)]
        told = json.dumps([*parts, self.reason_system, self.reason])
        return hashlib.sha256(told.encode()).hexdigest()


class Receipt(NamedTuple):
    """What became of a message: entries in it, those not known before, and cards that nothing is known of."""

    received: int
    new: int
    unknown_cards: int


class FeedbackStore:
    """Cards shown and feedback on them, in the database of the service."""

    def __init__(self, database: Database, memory: AlertMemory | None = None) -> None:
        self._database, self._memory = database, memory

    def remember(self, cards: Sequence[ShownCard], impressions: Sequence[Impression] = ()) -> None:
        """Keep what is being shown, and to whom if repetitions matter. Raises StoreUnavailableError."""
        if not cards:
            return
        with self._database.quick() as connection:
            connection.execute(insert(SHOWN), [card._asdict() for card in cards])
            if self._memory is not None:
                self._memory.keep(connection, impressions, cards[0].time)

    def add(self, entries: Sequence[Feedback], client: str, service: str, received: datetime) -> Receipt:
        """Keep feedback, all of it or nothing; what is known already is not kept twice.

        `service` is that of the address; a card that we know names its own. Raises StoreUnavailableError.
        """
        if not entries:
            return Receipt(0, 0, 0)
        with self._database.durable() as connection:
            known = _known_cards(connection, {entry.card for entry in entries}, client)
            rows = [_row(entry, known.get(entry.card), client, service) for entry in entries]
            new = insert_new(connection, FEEDBACK, [row | {"received": received} for row in rows])
            if self._memory is not None and new:
                self._memory.note(connection, _answers(rows, new, known, received))
        unknown = {entry.card for entry in entries} - set(known)
        return Receipt(received=len(entries), new=len(new), unknown_cards=len(unknown))


def _answers(
    rows: Iterable[Mapping[str, Any]], new: Container[str], known: Mapping[str, Any], now: datetime
) -> list[CardAnswer]:
    """For the repeat-alert policy; a client's clock can neither move an answer before the card nor ahead of us."""
    fresh = (row for row in rows if row["identity"] in new and row["card"] in known)
    return [
        CardAnswer(row["card"], row["outcome"], max(known[row["card"]].time, min(row["time"], now))) for row in fresh
    ]


def _known_cards(connection: Connection, cards: Iterable[str], client: str) -> dict[str, Any]:
    """What was shown to this client; another's cards are none of its business."""
    rows = connection.execute(select(SHOWN).where(SHOWN.c.card.in_(cards), SHOWN.c.client == client))
    return {row.card: row for row in rows}


def _row(entry: Feedback, card: Any, client: str, service: str) -> dict[str, Any]:
    """The entry with what the card said."""
    said = {name: getattr(card, name, None) for name in _ABOUT_THE_CARD}
    accepted = " ".join(entry.accepted)
    return {
        **entry._asdict(),
        **said,
        "identity": entry.identity(client),
        "client": client,
        "service": said["service"] or service,
        "accepted": accepted,
    }
