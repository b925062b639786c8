"""Tokens that have been used: none works twice, in whichever process, and after whatever restart (hooks:J9)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, LargeBinary, Table, delete

from cds_service.adapters.database import Database, UtcTime, insert_once, metadata

PURGE_EVERY = timedelta(minutes=1)
_seen = Table(
    "token_seen",
    metadata,
    Column("fingerprint", LargeBinary(32), primary_key=True),
    Column("expires", UtcTime, nullable=False),
    Index("token_seen_expires", "expires"),
)


class SeenTokenStore:
    """Fingerprints of tokens in the database of the service, each until its token has expired."""

    def __init__(self, database: Database) -> None:
        self._database, self._lock = database, threading.Lock()
        self._purged: datetime | None = None

    def is_new(self, token: bytes, expires: datetime, now: datetime) -> bool:
        """Whether a token comes for the first time; from now on it does not. Raises StoreUnavailableError."""
        with self._database.needed() as connection:
            if self._must_purge(now):
                connection.execute(delete(_seen).where(_seen.c.expires < now))
            return insert_once(connection, _seen, {"fingerprint": token, "expires": expires})

    def _must_purge(self, now: datetime) -> bool:
        """Once in a while, by one thread."""
        with self._lock:
            if self._purged is not None and now - self._purged < PURGE_EVERY:
                return False
            self._purged = now
            return True
