"""Several processes with one store, and what it contains after all of them are killed while writing."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from cds_service.adapters.database import Database
from cds_service.adapters.feedback_store import Feedback, FeedbackStore
from tests.builders import NOW, bundle, hook_request, ice, prefetch
from tests.store.service import Running, running

PATH = "/cds-services/icans-patient-view"
Json = dict[str, Any]


@dataclass
class Witness:
    """Calls the service until it is killed, and records what was acknowledged and shown."""

    base: str
    acknowledged: list[Json] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def watch(self) -> None:
        try:
            with requests.Session() as session:
                while True:
                    self._feedback(session)
                    self._call(session)
        except requests.RequestException:
            pass

    def _feedback(self, session: requests.Session) -> None:
        entry = entry_of(str(uuid4()))
        receipt = session.post(f"{self.base}{PATH}/feedback", json={"feedback": [entry]}, timeout=30)
        assert {"received": 1, "new": 1, "unknownCards": 1} == receipt.json()
        self.acknowledged.append(entry)

    def _call(self, session: requests.Session) -> None:
        body = hook_request(prefetch(neuro=bundle(ice(5, an_hour_ago()))))
        answer = session.post(f"{self.base}{PATH}", json=body, timeout=30)
        self.shown += [card["uuid"] for card in answer.json()["cards"]]


def an_hour_ago() -> float:
    """An hour ago by the clock of the service, as hours before the present of the builders."""
    return (NOW.timestamp() - time.time()) / 3600 + 1


def entry_of(card: str) -> Json:
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:10:00Z"}


def sent(service: Running, entries: list[Json]) -> Json:
    """Send entries to the service; returns the totals of its answers."""
    receipts = []
    for start in range(0, len(entries), 500):
        body = {"feedback": entries[start : start + 500]}
        receipts.append(requests.post(f"{service.base}{PATH}/feedback", json=body, timeout=60).json())
    return {name: sum(receipt[name] for receipt in receipts) for name in ("received", "new", "unknownCards")}


@pytest.mark.requirement("hooks:B3")
def test_killed_in_the_middle_of_writing_nothing_acknowledged_is_lost(address: str, tmp_path: Path) -> None:
    errors, options = tmp_path / "errors", ("--workers", "2", "--store", address, "--decision-log", "off")
    with running(errors, *options) as service:
        witnesses = [Witness(service.base) for _ in range(4)]
        threads = [threading.Thread(target=witness.watch) for witness in witnesses]
        for thread in threads:
            thread.start()
        wait_for(lambda: sum(len(witness.acknowledged) for witness in witnesses) >= 100)
        service.kill()
        for thread in threads:
            thread.join(60)
    acknowledged = [entry for witness in witnesses for entry in witness.acknowledged]
    shown = [card for witness in witnesses for card in witness.shown]

    with running(errors, *options) as service:
        assert len(acknowledged) >= 100
        assert {"received": len(acknowledged), "new": 0} == without_cards(sent(service, acknowledged))
        assert len(shown) >= 20
        assert {"received": len(shown), "new": len(shown), "unknownCards": 0} == sent(
            service, list(map(entry_of, shown))
        )
    if "://" not in address:
        assert [("ok",)] == list(sqlite3.connect(address).execute("PRAGMA integrity_check"))


def without_cards(receipt: Json) -> Json:
    return {name: receipt[name] for name in ("received", "new")}


def wait_for(reached: Any) -> None:
    """Wait until a condition holds, at most a minute."""
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("not reached within a minute")


def _start_and_add(address: str, start: Any, done: Any) -> None:
    start.wait()
    store = FeedbackStore(Database(address))
    entries = [Feedback(f"card-{number}", "overridden", NOW) for number in range(20)]
    done.put([store.add([entry], "mercy", "icans-patient-view", NOW).new for entry in entries])


def test_processes_that_start_together_create_one_store_and_store_each_message_once(address: str) -> None:
    context = multiprocessing.get_context("spawn")
    start, done = context.Event(), context.Queue()
    processes = [context.Process(target=_start_and_add, args=(address, start, done)) for _ in range(6)]
    for process in processes:
        process.start()
    start.set()
    counts = [done.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(60)

    assert [1] * 20 == [sum(column) for column in zip(*counts, strict=True)]


def test_only_its_owner_can_read_a_store(tmp_path: Path) -> None:
    address = tmp_path / "store.sqlite"
    FeedbackStore(Database(str(address))).add([Feedback("c", "overridden", NOW)], "", "icans-patient-view", NOW)
    assert {"0o600"} == {oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()}
