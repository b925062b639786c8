"""The database for data that must outlive a process: SQLite in a file, or PostgreSQL by URL (SQLAlchemy Core).

There are three ways to write. `durable`: the data survive a power failure, or the caller gets an error. `quick`: for
answers that a clinician is waiting for; the data survive the process but may be lost with the machine, and the write
gives up after a quarter of a second. `needed`: the same, but the answer depends on it, so it waits longer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

from cds_service.errors import SettingsError, StoreUnavailableError

DEFAULT_FILE = "icans-cds.sqlite"
QUICK_SECONDS, NEEDED_SECONDS, DURABLE_SECONDS, CONNECT_SECONDS = 0.25, 2.0, 10.0, 2
RECYCLE_SECONDS = 300
# How long after a failure the database is not tried again, unless the answer depends on it.
PAUSE_SECONDS = 5.0
_SQLITE, _POSTGRESQL = "sqlite", "postgresql"
_LOCK_OF_TABLES = 1_129_270_867

log = logging.getLogger(__name__)
metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC; SQLite would drop its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC before writing."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Restore the UTC zone after reading."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Database:
    """Connections to one database, shared by the threads of a process."""

    def __init__(self, address: str) -> None:
        """Create missing tables; without an address, use a temporary file that is deleted with this object.

        Raises SettingsError for an address that cannot work. A PostgreSQL server that is unreachable is tried again on
        first use: cards do not wait for it.
        """
        self._temporary = None if address else TemporaryDirectory(prefix="icans-cds-")
        url = _url_of(f"{self._temporary.name}/{DEFAULT_FILE}" if self._temporary else address)
        self._durable = _engine(url, DURABLE_SECONDS, durable=True)
        self._needed = _engine(url, NEEDED_SECONDS, durable=False)
        self._quick = _engine(url, QUICK_SECONDS, durable=False)
        self._ready, self._paused_until = False, 0.0
        try:
            self._prepare()
        except StoreUnavailableError as error:
            if url.get_backend_name() == _SQLITE:
                raise SettingsError(f"ICANS_STORE: {url.database} cannot be opened for writing") from error
            log.warning("%s for now; the next use tries again", error)

    @contextmanager
    def durable(self) -> Iterator[Connection]:
        """A transaction that survives a power failure. Raises StoreUnavailableError."""
        with self._begun(self._durable) as connection:
            yield connection

    @contextmanager
    def quick(self) -> Iterator[Connection]:
        """A transaction that a clinician waits for. Raises StoreUnavailableError, at once after a recent failure."""
        if time.monotonic() < self._paused_until:
            raise StoreUnavailableError("the store failed a moment ago")
        try:
            with self._begun(self._quick) as connection:
                yield connection
        except StoreUnavailableError:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            raise

    @contextmanager
    def needed(self) -> Iterator[Connection]:
        """A transaction that the answer depends on; tried even after a recent failure. Raises StoreUnavailableError."""
        with self._begun(self._needed) as connection:
            yield connection

    def close(self) -> None:
        """Close the connections."""
        for engine in (self._durable, self._needed, self._quick):
            engine.dispose()

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        self._prepare()
        with _translating_errors(), engine.begin() as connection:
            yield connection

    def _prepare(self) -> None:
        """Create the tables; several processes may start at once, so an existing table is not an error."""
        if self._ready:
            return
        with _translating_errors(), self._durable.begin() as connection:
            if connection.dialect.name == _POSTGRESQL:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK_OF_TABLES})
            for table in metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in sorted(table.indexes, key=lambda one: str(one.name)):
                    connection.execute(CreateIndex(index, if_not_exists=True))
        self._ready = True


@contextmanager
def _translating_errors() -> Iterator[None]:
    """Turn database errors into StoreUnavailableError, without their text: it may contain what was to be written."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise StoreUnavailableError(f"the store cannot be used ({type(cause).__name__})") from None


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row and return whether it is new; an existing row is left unchanged."""
    return bool(insert_new(connection, table, [row]))


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> frozenset[Any]:
    """Insert rows and return the keys of the new ones; existing rows are left unchanged."""
    dialect = postgresql if connection.dialect.name == _POSTGRESQL else sqlite
    adding = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return frozenset(row[0] for row in connection.execute(adding, rows))


def _url_of(address: str) -> URL:
    """The URL of an address, which is a URL or the path of a SQLite file."""
    try:
        url = make_url(address) if "://" in address else URL.create(_SQLITE, database=address)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingsError("ICANS_STORE: not a file name, sqlite:///file or postgresql://user@host/name") from error
    match url.get_backend_name():
        case "sqlite" if url.database not in (None, "", ":memory:"):
            return url
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case _:
            raise SettingsError("ICANS_STORE: must be a SQLite file or a PostgreSQL database")


def _engine(url: URL, seconds: float, *, durable: bool) -> Engine:
    """An engine whose connections wait this many seconds for others."""
    if url.get_backend_name() == _SQLITE:
        engine = create_engine(url, connect_args={"timeout": seconds}, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_settings(Path(str(url.database)), durable=durable))
        return engine
    options = f"-c statement_timeout={int(seconds * 1000)} -c synchronous_commit={'on' if durable else 'off'}"
    return create_engine(
        url,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            # A firewall may drop idle connections silently: notice that within seconds, not minutes.
            "tcp_user_timeout": CONNECT_SECONDS * 1000,
            "options": options,
        },
        pool_recycle=RECYCLE_SECONDS,
        pool_pre_ping=seconds > QUICK_SECONDS,
        pool_timeout=seconds,
        hide_parameters=True,
    )


def _sqlite_settings(file: Path, *, durable: bool) -> Any:
    """Use a write-ahead log, so that readers and writers of several processes do not block each other."""

    def settle(connection: Any, _: Any) -> None:
        file.chmod(0o600)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")

    return settle
