"""No token works twice: in any process, after a restart, or after a process was killed while writing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from cds_service.adapters.database import Database
from cds_service.adapters.tokens import PURGE_EVERY, SeenTokenStore, _seen
from cds_service.errors import StoreUnavailableError
from tests.builders import NOW

LATER = NOW + timedelta(minutes=5)
# Claims tokens by number until it is killed, and prints each one that it got.
CLAIMING = """
import sys
from cds_service.adapters.database import Database
from cds_service.adapters.tokens import SeenTokenStore
from datetime import UTC, datetime
address, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now, later = (datetime(2026, 3, 8, 9, minute, tzinfo=UTC) for minute in (0, 5))
store = SeenTokenStore(Database(address))
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, last):
    if store.is_new(number.to_bytes(32, "big"), later, now):
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
"""


def token(number: int) -> bytes:
    """The fingerprint of a token."""
    return number.to_bytes(32, "big")


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with closing(Database(address)) as opened:
        yield opened


def kept(database: Database) -> int:
    """The number of stored tokens."""
    with database.needed() as connection:
        return connection.execute(select(func.count()).select_from(_seen)).scalar_one()


@pytest.mark.requirement("hooks:J9")
def test_a_token_is_new_once(database: Database) -> None:
    store = SeenTokenStore(database)

    assert [True, False, True, False] == [store.is_new(token(number), LATER, NOW) for number in (1, 1, 2, 1)]


@pytest.mark.requirement("hooks:J9")
def test_a_restart_does_not_forget(address: str) -> None:
    for expected in (True, False):
        with closing(Database(address)) as database:
            assert expected == SeenTokenStore(database).is_new(token(1), LATER, NOW)


@pytest.mark.requirement("hooks:J9")
def test_a_token_is_kept_until_it_has_expired_and_no_longer(database: Database) -> None:
    store = SeenTokenStore(database)
    store.is_new(token(1), NOW + PURGE_EVERY, NOW)
    store.is_new(token(2), LATER, NOW)

    assert not store.is_new(token(1), NOW + PURGE_EVERY, NOW + PURGE_EVERY)
    assert 2 == kept(database)
    store.is_new(token(3), LATER, NOW + 2 * PURGE_EVERY)
    assert 2 == kept(database)
    store.is_new(token(4), LATER + PURGE_EVERY, LATER + PURGE_EVERY)
    assert 1 == kept(database)


@pytest.mark.requirement("hooks:J9")
def test_only_one_of_many_threads_can_claim_a_token(database: Database) -> None:
    store, answers = SeenTokenStore(database), []

    def claim() -> None:
        answers.extend((number, store.is_new(token(number), LATER, NOW)) for number in range(20))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert 8 * 20 == len(answers)
    assert list(range(20)) == sorted(number for number, new in answers if new)


Starting = Callable[[int, int], "subprocess.Popen[str]"]


@pytest.fixture
def starting(address: str) -> Iterator[Starting]:
    """Starts processes that claim a range of tokens once they read a line."""
    started: list[subprocess.Popen[str]] = []

    def start(first: int, last: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CLAIMING, address, str(first), str(last)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.requirement("hooks:J9")
def test_only_one_of_two_processes_can_claim_a_token(starting: Starting) -> None:
    processes = [starting(0, 200), starting(0, 200)]
    for process in processes:
        go(process)
    claimed = [process.communicate(timeout=60)[0].split() for process in processes]

    assert [str(number) for number in range(200)] == sorted(claimed[0] + claimed[1], key=int)


@pytest.mark.parametrize("after", [1, 7, 50])
@pytest.mark.requirement("hooks:J9")
def test_a_process_that_is_killed_while_it_writes_loses_nothing_it_acknowledged(
    starting: Starting, address: str, after: int
) -> None:
    process = starting(0, 1_000_000)
    go(process)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]

    with closing(Database(address)) as database:
        store = SeenTokenStore(database)
        assert len(acknowledged) >= after
        assert [] == [number for number in acknowledged if store.is_new(token(number), LATER, NOW)]
        assert store.is_new(token(max(acknowledged) + 2), LATER, NOW)
        assert not SeenTokenStore(database).is_new(token(max(acknowledged) + 2), LATER, NOW)


def test_a_briefly_busy_store_is_waited_for(database: Database) -> None:
    writing, written = threading.Event(), threading.Event()

    def write() -> None:
        with database.durable() as connection:
            connection.execute(insert(_seen).values(fingerprint=token(1), expires=LATER))
            writing.set()
            written.wait(0.6)

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(10)
    assert SeenTokenStore(database).is_new(token(2), LATER, NOW)
    writer.join(10)


def test_a_failing_store_accepts_no_token_and_is_retried_at_once(database: Database) -> None:
    store = SeenTokenStore(database)
    with database.needed() as connection:
        _seen.drop(connection)
    with pytest.raises(StoreUnavailableError):
        store.is_new(token(1), LATER, NOW)
    with database.needed() as connection:
        _seen.create(connection)

    assert store.is_new(token(1), LATER, NOW)


def test_a_failed_purge_is_repeated(database: Database) -> None:
    assert SeenTokenStore(database).is_new(token(1), NOW - timedelta(days=1), NOW)
    assert SeenTokenStore(database).is_new(token(1), LATER, NOW)
