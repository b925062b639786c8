"""A memory of what each user has answered, stored as keyed hashes and deleted after the longest repeat window."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Column, Index, String, Table, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from cds_service.adapters.database import Database, UtcTime, metadata
from cds_service.rendering.repetition import Answered

_ID = String(64)
_memory = Table(
    "alert_memory",
    metadata,
    Column("card", _ID, primary_key=True),
    Column("whose", _ID, nullable=False),
    Column("mark", _ID, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("outcome", String(16)),
    Column("answered", UtcTime),
    Index("alert_memory_whose", "whose"),
    Index("alert_memory_since", "since"),
)


class Impression(NamedTuple):
    """A card that was shown to a user about a patient; neither can be derived from it."""

    card: str
    whose: str
    mark: str


class CardAnswer(NamedTuple):
    """What a user did with a card, and when."""

    card: str
    outcome: str
    time: datetime


class AlertMemory:
    """A memory under keyed hashes; without the key, nothing in it can be traced to a patient or a user."""

    def __init__(self, database: Database, key: str, keep: timedelta) -> None:
        self._database, self._key, self._keep = database, key.encode(), keep

    def whose(self, issuer: str, patient_id: str, user_id: str) -> str:
        """A user and a patient of one issuer, as a keyed hash."""
        return self._hash(issuer, patient_id, user_id)

    def mark(self, whose: str, card: str, *basis: str) -> str:
        """The basis of a card for this user and patient, as a keyed hash that identifies nothing outside this pair."""
        return self._hash(whose, card, *basis)

    def answers(self, whose: str) -> tuple[Answered, ...]:
        """The user's answers to cards about the patient. Raises StoreUnavailableError."""
        columns = (_memory.c.mark, _memory.c.outcome, _memory.c.answered)
        found = select(*columns).where(_memory.c.whose == whose, _memory.c.answered.is_not(None))
        with self._database.quick() as connection:
            return tuple(Answered(*row) for row in connection.execute(found))

    def keep(self, connection: Connection, impressions: Sequence[Impression], now: datetime) -> None:
        """Store what is being shown, and delete what is too old to matter."""
        self.forget(connection, now)
        if impressions:
            connection.execute(insert(_memory), [{**one._asdict(), "since": now} for one in impressions])

    def forget(self, connection: Connection, now: datetime) -> None:
        """Delete what was shown or answered, whichever is later, longer ago than the longest window."""
        connection.execute(delete(_memory).where(_memory.c.since < now - self._keep))

    @staticmethod
    def note(connection: Connection, answers: Sequence[CardAnswer]) -> None:
        """Record cards as accepted or overridden, each kept from that moment on; the newest answer counts."""
        if not answers:
            return
        newer = _memory.c.answered.is_(None) | (_memory.c.answered < bindparam("moment"))
        noted = update(_memory).where(_memory.c.card == bindparam("shown"), newer)
        values: dict[str, BindParameter[Any]] = {
            "outcome": bindparam("what"),
            "answered": bindparam("moment"),
            "since": bindparam("moment"),
        }
        rows = [{"shown": one.card, "what": one.outcome, "moment": one.time} for one in answers]
        connection.execute(noted.values(values), rows)

    def _hash(self, *parts: str) -> str:
        return hmac.new(self._key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def forget_everything(database: Database) -> None:
    """Delete the memory after it has been switched off. Raises StoreUnavailableError."""
    with database.durable() as connection:
        connection.execute(delete(_memory))
