"""What became of the cards that were shown, counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, literal, select, union_all

from cds_service.adapters.database import Database
from cds_service.adapters.feedback_store import FEEDBACK, SHOWN

UNANSWERED, UNKNOWN = "unanswered", "unknown-card"


class Tally(NamedTuple):
    """Cards of one service and grade that ended in one way; the newest act on a card counts.

    `certainty` is `unknown-card` where feedback came on a card that nothing is known of. `reason` empty: none was
    given as a code; `commented`: there were words instead, which are not kept.
    """

    service: str
    grade: int | None
    certainty: str
    outcome: str
    reason_system: str
    reason: str
    commented: bool
    cards: int


def tallies(database: Database, since: datetime | None) -> tuple[Tally, ...]:
    """All cards shown since a moment, and feedback on unknown ones. Raises StoreUnavailableError."""
    together = union_all(_of_shown_cards(since), _of_unknown_cards(since)).subquery()
    parts = [together.c[name] for name in Tally._fields[:-1]]
    counted = select(*parts, func.count().label("cards")).group_by(*parts).order_by(*parts)
    with database.durable() as connection:
        return tuple(Tally(*row[:6], bool(row[6]), row[7]) for row in connection.execute(counted))


def _newest() -> Any:
    """The last act on each card of each client."""
    table = FEEDBACK.c
    # A client's clock may be ahead; nothing was done after it was told.
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
    rows = select(act.service, act.grade, literal(UNKNOWN).label("certainty"), *columns).where(act.topic.is_(None))
    return rows if since is None else rows.where(act.received >= since)
