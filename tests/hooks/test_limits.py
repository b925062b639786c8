"""Every limit is a setting, and the refusal names it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.decision import Decider
from cds_service.errors import BusyError
from cds_service.hooks.service import Wiring
from cds_service.server.bodies import BodyReader
from cds_service.server.concurrency import ConcurrencyLimit
from cds_service.settings import Settings
from tests.builders import NOW, alert, bundle, dosage, draft, hook_request, ice, order_call, prefetch
from tests.hooks.client import Client
from tests.hooks.fhir_server import Answer, serving
from tests.hooks.test_refusals import GOOD, PATH, refused

JSON = {"Content-Type": "application/json"}
FEEDBACK = {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:00:00Z"}]}


def limited(**settings: Any) -> Client:
    """The service with these settings."""
    return Client(create_app(Settings(demo=True, **settings), now=lambda: NOW).test_client())


@pytest.mark.requirement("hooks:R9")
def test_a_body_over_the_limit_is_413() -> None:
    small = limited(body_limit_mb=0.01)

    assert "ICANS_BODY_LIMIT_MB" in refused(small.post(b"x" * 20_000), 413)
    refused(small.post(b"x" * 10_000), 400)


# --- nesting --------------------------------------------------------------------------------------------------


def nested(levels: int) -> bytes:
    """A valid request with a value nested to this level."""
    depth = levels - 2
    return GOOD.replace(b'"hook":', b'"extension": {"x":' + b"[" * depth + b"]" * depth + b'}, "hook":', 1)


def test_nesting_up_to_the_limit_is_read_and_beyond_it_is_422() -> None:
    client = limited(nesting_limit=40)

    assert 200 == client.post(nested(40)).status_code
    assert "40 levels (setting ICANS_NESTING_LIMIT)" in refused(client.post(nested(41)), 422)


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(b'"valueInteger": 9', b'"valueInteger": ' + b"[" * 20_000 + b"]" * 20_000),
        b"[" * 20_000 + b"]" * 20_000,
        b"[" * 2_000_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        GOOD.replace(b'"valueInteger": 9', b'"item": ' + b'[{"item":' * 120 + b"1" + b"}]" * 120),
    ],
)
def test_very_deep_nesting_is_refused_before_parsing(client: Client, body: bytes) -> None:
    refused(client.post(body), 422)


def test_brackets_in_strings_do_not_count_as_nesting() -> None:
    text = json.dumps('mm[Hg] {score} " \\" \\ ' + "[{" * 500)
    body = GOOD.replace(b'"valueInteger": 9', b'"valueInteger": 9, "text": ' + text.encode())

    assert 200 == limited(nesting_limit=20).post(body).status_code


# --- entries --------------------------------------------------------------------------------------------------


def test_more_entries_than_the_limit_are_413() -> None:
    client = limited(entry_limit=5)

    assert 200 == client.post(hook_request(prefetch(neuro=bundle(*[ice(9)] * 4)))).status_code
    fetched = prefetch(neuro=bundle(*[ice(9)] * 3), labs=bundle(*[alert()] * 3))
    assert "5 entries (setting ICANS_ENTRY_LIMIT)" in refused(client.post(hook_request(fetched)), 413)


def test_entries_that_were_not_requested_do_not_count() -> None:
    assert 200 == limited(entry_limit=5).post(hook_request(prefetch(other=bundle(*[ice(9)] * 10)))).status_code


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_more_draft_orders_than_the_limit_are_413(hook: str) -> None:
    client, drafts = limited(draft_limit=3), [draft("3264", dosage(4)) for _ in range(4)]

    def answer(count: int) -> TestResponse:
        return client.post(order_call(*drafts[:count], hook=hook, selected=[]), f"/cds-services/icans-{hook}")

    assert 200 == answer(3).status_code
    assert "3 draft orders or selections (setting ICANS_DRAFT_LIMIT)" in refused(answer(4), 413)


# --- the time of a call ---------------------------------------------------------------------------------------


def overdue(response: TestResponse) -> bool:
    """Whether a response refuses a call that took too long."""
    return "1" == response.headers["Retry-After"] and "ICANS_CALL_SECONDS" in refused(response, 503)


def slow(then: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, delayed beyond the time limit of every call in these tests."""

    def late(*given: Any, **more: Any) -> Any:
        time.sleep(0.6)
        return then(*given, **more)

    return late


@pytest.mark.parametrize(
    "step",
    [(BodyReader, "read"), (Wiring, "_wanted"), (Decider, "decide")],
    ids=["read", "gather", "decide"],
)
def test_a_call_that_takes_too_long_at_any_step_is_503(monkeypatch: pytest.MonkeyPatch, step: tuple[type, str]) -> None:
    client, body = limited(call_seconds=0.5), hook_request(prefetch(neuro=bundle(ice(5), alert())))
    assert 200 == client.post(body).status_code

    monkeypatch.setattr(*step, slow(getattr(*step)))

    assert overdue(client.post(body))


def test_feedback_that_takes_too_long_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(call_seconds=0.5)
    monkeypatch.setattr(BodyReader, "read", slow(BodyReader.read))

    assert overdue(client.post(FEEDBACK, f"{PATH}/feedback"))


def test_the_wait_for_a_slot_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(calls_at_once=1, queue_seconds=5, call_seconds=0.5, deadline_seconds=5)
    body = hook_request(prefetch(neuro=bundle(ice(5), alert())))
    monkeypatch.setattr(Decider, "decide", slow(Decider.decide))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(client.post, [body] * 2))

    assert [True, True] == [overdue(answer) for answer in answers]


def test_searches_have_no_longer_than_the_call() -> None:
    client = limited(call_seconds=0.3, deadline_seconds=30)
    with serving(lambda _: Answer(bundle(), delay=5)) as server:
        begun = time.monotonic()
        assert overdue(client.post(hook_request(fhirServer=server.base)))

    assert time.monotonic() - begun < 3


# --- concurrent calls -----------------------------------------------------------------------------------------


def test_one_clients_excess_call_is_429_with_a_time_to_retry() -> None:
    client = limited(calls_at_once=2, queue_seconds=0.05)
    arrived, go_on = threading.Semaphore(0), threading.Event()

    def waiting(_: object) -> Answer:
        arrived.release()
        go_on.wait(5)
        return Answer(bundle())

    with serving(waiting) as server, ThreadPoolExecutor(2) as pool:
        others = [pool.submit(client.post, hook_request(fhirServer=server.base)) for _ in range(2)]
        for _ in range(4):
            arrived.acquire(timeout=5)
        response = client.post(hook_request(prefetch()))
        go_on.set()
        done = [other.result().status_code for other in others]

    assert "ICANS_CALLS_AT_ONCE" in refused(response, 429)
    assert "1" == response.headers["Retry-After"]
    assert [200, 200] == done
    assert 200 == client.post(hook_request(prefetch())).status_code


def test_a_burst_waits_for_slots() -> None:
    client = limited(calls_at_once=4, queue_seconds=5)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.post, [hook_request(prefetch(neuro=bundle(ice(9))))] * 16))

    assert {200} == {answer.status_code for answer in answers}


def test_no_more_calls_wait_than_may_run() -> None:
    limit, go_on = ConcurrencyLimit(2, 30, threads=32), threading.Event()
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(take, limit, "mercy", go_on) for _ in range(4)]
        others_came(limit, 4)
        begun = time.monotonic()
        with pytest.raises(BusyError, match="ICANS_CALLS_AT_ONCE"), limit.slot("mercy"):
            pytest.fail("there was no slot to take")
        with limit.slot("grace"):
            go_on.set()

    assert [True] * 4 == [one.result() for one in held]
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("threads", "calls"), [(1, 1), (2, 1), (4, 3), (16, 15), (32, 30)])
def test_some_threads_stay_free_however_many_clients_call(threads: int, calls: int) -> None:
    limit = ConcurrencyLimit(1, 0, threads)
    with ExitStack() as held:
        for number in range(calls):
            held.enter_context(limit.slot(f"client-{number}"))
        with pytest.raises(BusyError), limit.slot("another"):
            pytest.fail("there was no thread left")

    with limit.slot("another"):
        assert threads


def take(limit: ConcurrencyLimit, client: str, go_on: threading.Event) -> bool:
    """Hold a slot until the event is set."""
    with limit.slot(client):
        return go_on.wait(30)


def others_came(limit: ConcurrencyLimit, calls: int) -> None:
    """Wait until this many calls hold a slot or wait for one."""
    until = time.monotonic() + 10
    while limit.calls < calls and time.monotonic() < until:
        time.sleep(0.01)


def test_a_refused_call_returns_its_slot() -> None:
    client = limited(calls_at_once=1, queue_seconds=0.05)

    assert [400] * 3 == [client.post(b"{").status_code for _ in range(3)]


# --- media types ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/fhir+xml"},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
@pytest.mark.requirement("hooks:R9")
def test_a_body_with_another_media_type_is_415(client: Client, headers: dict[str, str]) -> None:
    assert "application/json" in refused(client.flask.post(PATH, data=GOOD, headers=headers), 415)


@pytest.mark.parametrize("kind", [None, "application/json", "application/json; charset=utf-8", "application/fhir+json"])
def test_every_media_type_for_json_is_accepted(client: Client, kind: str | None) -> None:
    assert 200 == client.flask.post(PATH, data=GOOD, content_type=kind).status_code
