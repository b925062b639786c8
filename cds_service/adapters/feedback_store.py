"""The store of cards shown and of feedback on them, with the counts by outcome."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    union_all,
)
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
    """A card sent to a client; `grade` None: there was none, and `certainty` says why."""

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
    """What a clinician did with a card; of a comment only its existence is stored."""

    card: str
    outcome: str
    time: datetime
    accepted: tuple[str, ...] = ()
    reason_system: str = ""
    reason: str = ""
    commented: bool = False

    def identity(self, client: str) -> str:
        """An identifier that is the same for a repeated message, and different for another action on the same card."""
        parts = [client, self.card, self.outcome, self.time.timestamp(), sorted(self.accepted)]
        content = json.dumps([*parts, self.reason_system, self.reason])
        return hashlib.sha256(content.encode()).hexdigest()


class Receipt(NamedTuple):
    """The result of a message: its entries, how many are new, and how many are about unknown cards."""

    received: int
    new: int
    unknown_cards: int


class FeedbackStore:
    """Cards shown and feedback on them, in the database of the service."""

    def __init__(self, database: Database, memory: AlertMemory | None = None) -> None:
        self._database, self._memory = database, memory

    def remember(self, cards: Sequence[ShownCard], impressions: Sequence[Impression] = ()) -> None:
        """Store the cards being shown, and to whom if repeats matter. Raises StoreUnavailableError."""
        if not cards:
            return
        with self._database.quick() as connection:
            connection.execute(insert(SHOWN), [card._asdict() for card in cards])
            if self._memory is not None:
                self._memory.keep(connection, impressions, cards[0].time)

    def add(self, entries: Sequence[Feedback], client: str, service: str, received: datetime) -> Receipt:
        """Store feedback, all of it or none; entries already known are not stored twice.

        `service` is that of the address; a known card has its own. Raises StoreUnavailableError.
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

    def tallies(self) -> tuple[Tally, ...]:
        """All cards shown, and feedback on unknown ones, counted. Raises StoreUnavailableError."""
        return tallies(self._database, None)


def _answers(
    rows: Iterable[Mapping[str, Any]], new: Container[str], known: Mapping[str, Any], now: datetime
) -> list[CardAnswer]:
    """The answers for the repeat policy; a client's clock can move one neither before its card nor into the future."""
    fresh = (row for row in rows if row["identity"] in new and row["card"] in known)
    return [
        CardAnswer(row["card"], row["outcome"], max(known[row["card"]].time, min(row["time"], now))) for row in fresh
    ]


def _known_cards(connection: Connection, cards: Iterable[str], client: str) -> dict[str, Any]:
    """The cards that were shown to this client; those of another client are not revealed."""
    rows = connection.execute(select(SHOWN).where(SHOWN.c.card.in_(cards), SHOWN.c.client == client))
    return {row.card: row for row in rows}


def _row(entry: Feedback, card: Any, client: str, service: str) -> dict[str, Any]:
    """The entry together with the data of its card."""
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


UNANSWERED, UNKNOWN = "unanswered", "unknown-card"


class Tally(NamedTuple):
    """The number of cards of one service, topic and grade with the same outcome; the newest action on a card counts.

    `certainty` is `unknown-card` for feedback on a card that is not known, and `topic` is empty there. `reason` is
    empty if none was given as a code; `commented`: there was free text instead, which is not stored.
    """

    service: str
    topic: str
    grade: int | None
    certainty: str
    outcome: str
    reason_system: str
    reason: str
    commented: bool
    cards: int


def tallies(database: Database, since: datetime | None) -> tuple[Tally, ...]:
    """The counts of all cards shown since a moment, and of feedback on unknown ones. Raises StoreUnavailableError."""
    together = union_all(_of_shown_cards(since), _of_unknown_cards(since)).subquery()
    parts = [together.c[name] for name in Tally._fields[:-1]]
    counted = select(*parts, func.count().label("cards")).group_by(*parts).order_by(*parts)
    with database.durable() as connection:
        found = connection.execute(counted)
        return tuple(Tally(**(row._asdict() | {"commented": bool(row.commented)})) for row in found)


def _newest() -> Any:
    """The last action on each card of each client."""
    table = FEEDBACK.c
    # A client's clock may be ahead; no action is later than its report.
    done = case((table.time > table.received, table.received), else_=table.time)
    order = func.row_number().over(
        partition_by=(table.client, table.card), order_by=(done.desc(), table.received.desc(), table.identity)
    )
    ranked = select(FEEDBACK, order.label("number")).subquery()
    return select(ranked).where(ranked.c.number == 1).subquery()


def _of_shown_cards(since: datetime | None) -> Select[Any]:
    act, card = _newest(), SHOWN.c
    rows = select(
        card.service,
        card.topic,
        card.grade,
        card.certainty,
        func.coalesce(act.c.outcome, UNANSWERED).label("outcome"),
        func.coalesce(act.c.reason_system, "").label("reason_system"),
        func.coalesce(act.c.reason, "").label("reason"),
        func.coalesce(act.c.commented, False).label("commented"),
    ).select_from(SHOWN.outerjoin(act, and_(act.c.card == card.card, act.c.client == card.client)))
    return rows if since is None else rows.where(card.time >= since)


def _of_unknown_cards(since: datetime | None) -> Select[Any]:
    act = _newest().c
    columns = (act.outcome, act.reason_system, act.reason, act.commented)
    topic, certainty = literal("").label("topic"), literal(UNKNOWN).label("certainty")
    rows = select(act.service, topic, act.grade, certainty, *columns).where(act.topic.is_(None))
    return rows if since is None else rows.where(act.received >= since)
