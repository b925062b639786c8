"""Public keys: which are accepted, how long they are kept, and how often they can be requested."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.adapters import jwks
from cds_service.adapters.jwks import MAX_KEYS, Freshness, JwksError, KeyRing, read_keys, source_of
from tests.hooks.ehr import jwk, key_set
from tests.hooks.fhir_server import Answer, Call, serving

BOTH = ("ES384", "RS384")
MINUTE, DAY = 60, 86_400


class Publisher:
    """Publishes keys, counts the requests, and may be down."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys, self.asked, self.down, self.seconds = keys, 0, False, 0.0

    def __call__(self) -> bytes:
        self.asked += 1
        if self.down:
            raise JwksError("down")
        return json.dumps(key_set(*self.keys)).encode()

    def clock(self) -> float:
        return self.seconds

    def ring(self) -> KeyRing:
        return KeyRing(self, BOTH, clock=self.clock)


def names(*keys: Any) -> set[tuple[str, str]]:
    """The key id and algorithm of the accepted keys."""
    return set(read_keys(json.dumps({"keys": keys}).encode(), BOTH))


def test_a_key_is_for_the_algorithms_that_its_kind_can() -> None:
    assert {("a", "ES384"), ("b", "RS384")} == names(jwk("ES384", "a"), jwk("RS384", "b"))


@pytest.mark.parametrize(
    "useless",
    [
        5,
        None,
        [],
        {},
        {"kid": "x"},
        {"kid": "x", "kty": "oct", "k": "c2VjcmV0"},
        {"kid": "x", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kid": "x", "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kid": "x", "kty": "EC", "crv": "P-384", "x": 5, "y": None},
        {"kid": "x", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kid": "x", "kty": ["RSA"]},
        jwk("ES384", "x", use="enc"),
        jwk("ES384", "x", alg="ES256"),
        jwk("ES384", "x", alg="none"),
        jwk("ES384", "x", kid=5),
        {name: value for name, value in jwk("ES384", "x").items() if name != "kid"},
        jwk("ES256", "x"),
        jwk("RS384", "short"),
    ],
)
@pytest.mark.requirement("hooks:J6")
def test_a_key_that_is_of_no_use_costs_only_itself(useless: Any) -> None:
    assert {("good", "ES384")} == names(useless, jwk("ES384", "good"))
    with pytest.raises(JwksError, match="no public signing key"):
        names(useless)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"keys": 5}', b"<html>", b"\xff", b'{"keys":' + b"[" * 20_000])
def test_what_is_no_key_set_is_refused(text: bytes) -> None:
    with pytest.raises(JwksError, match="not a JWK Set"):
        read_keys(text, BOTH)


def test_of_two_keys_with_one_name_the_first_counts_and_the_list_ends_somewhere() -> None:
    twice = read_keys(json.dumps(key_set(jwk("ES384", "a"), jwk("ES384", "b", kid="a"))).encode(), BOTH)

    assert jwk("ES384", "a")["x"] == twice["a", "ES384"]._jwk_data["x"]
    assert {("a", "ES384")} == names(jwk("ES384", "a"), *[5] * MAX_KEYS, jwk("ES384", "late"))


# --- how long, how often --------------------------------------------------------------------------------------


@pytest.mark.requirement("hooks:J9")
def test_keys_are_asked_for_once_and_again_after_five_minutes() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    for seconds in (0, 1, 300):
        publisher.seconds = seconds
        assert ring.find("one", "ES384")
    assert 1 == publisher.asked

    publisher.seconds = 301
    assert ring.find("one", "ES384")
    assert 2 == publisher.asked


@pytest.mark.requirement("hooks:J9")
def test_a_new_key_is_found_at_once_and_a_retired_one_is_refused() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    assert ring.find("one", "ES384")

    publisher.keys, publisher.seconds = (jwk("ES384", "two"),), 5
    assert ring.find("two", "ES384")
    assert None is ring.find("one", "ES384")


@pytest.mark.requirement("hooks:J9")
def test_unknown_key_ids_do_not_flood_the_publisher() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    for tenth in range(300):
        publisher.seconds = tenth / 10
        assert None is ring.find(f"unknown-{tenth}", "ES384")

    assert 6 == publisher.asked


def test_while_the_publisher_is_down_old_keys_do_for_a_day_and_no_longer() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    assert ring.find("one", "ES384")
    publisher.down = True
    for minute in range(24 * 60 + 1):
        publisher.seconds = minute * MINUTE
        assert ring.find("one", "ES384")

    publisher.seconds = DAY + 1
    with pytest.raises(JwksError):
        ring.find("one", "ES384")

    publisher.down, publisher.seconds = False, DAY + MINUTE
    assert ring.find("one", "ES384")


def test_an_outage_is_asked_about_every_half_minute_at_most() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    ring.find("one", "ES384")
    publisher.down, publisher.asked = True, 0
    for second in range(301, 361):
        publisher.seconds = second
        ring.find("one", "ES384")

    assert 2 == publisher.asked


def test_without_keys_from_the_start_there_are_none_until_they_come() -> None:
    publisher = Publisher(jwk())
    ring, publisher.down = publisher.ring(), True
    for second in range(4):
        publisher.seconds = second
        with pytest.raises(JwksError):
            ring.find("one", "ES384")
    assert 1 == publisher.asked

    publisher.down, publisher.seconds = False, 5
    assert ring.find("one", "ES384")


def test_a_set_that_is_broken_does_not_replace_a_good_one() -> None:
    publisher = Publisher(jwk())
    ring = publisher.ring()
    ring.find("one", "ES384")
    publisher.keys, publisher.seconds = ({"kty": "oct"},), 301

    assert ring.find("one", "ES384")


def test_a_slow_publisher_does_not_delay_known_keys() -> None:
    publisher, asking, answer = Publisher(jwk()), threading.Event(), threading.Event()
    clock = [0.0]

    def slow() -> bytes:
        if clock[0]:
            asking.set()
            answer.wait(10)
        return publisher()

    ring = KeyRing(slow, BOTH, clock=lambda: clock[0])
    ring.find("one", "ES384")
    clock[0] = 400
    waiting = threading.Thread(target=ring.find, args=("two", "ES384"))
    waiting.start()
    asking.wait(10)

    begun = time.monotonic()
    assert ring.find("one", "ES384")
    assert time.monotonic() - begun < 1

    answer.set()
    waiting.join(10)


def test_a_silent_publisher_delays_no_call_for_long() -> None:
    begun, answer = threading.Event(), threading.Event()

    def silent() -> bytes:
        begun.set()
        answer.wait(10)
        return Publisher(jwk())()

    ring = KeyRing(silent, BOTH, Freshness(wait=0.1))
    waiting = threading.Thread(target=ring.find, args=("one", "ES384"))
    waiting.start()
    begun.wait(10)
    with pytest.raises(JwksError):
        ring.find("two", "ES384")

    answer.set()
    waiting.join(10)
    assert ring.find("one", "ES384")


def test_those_who_wait_for_a_new_key_ask_once_together() -> None:
    publisher = Publisher(jwk("ES384", "two"))

    def slow() -> bytes:
        time.sleep(0.2)
        return publisher()

    ring, found = KeyRing(slow, BOTH), []
    threads = [threading.Thread(target=lambda: found.append(ring.find("two", "ES384"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert (8, 1) == (len([key for key in found if key]), publisher.asked)


# --- where from -----------------------------------------------------------------------------------------------


def refused(rule: Callable[[Call], Answer]) -> str:
    """The error for a publisher with this answer."""
    with serving(rule) as server, pytest.raises(JwksError) as error:
        source_of(f"{server.base}/jwks.json", None)()
    assert 1 == len(server.calls)
    return str(error.value).replace(server.base, "")


def test_a_set_comes_by_http_without_credentials() -> None:
    with serving(lambda _: Answer(key_set())) as server:
        assert {("one", "ES384")} == set(read_keys(source_of(f"{server.base}/jwks.json", None)(), BOTH))

    (call,) = server.calls
    assert {"Authorization", "Cookie"} & set(call.headers) == set()


def test_a_set_comes_from_a_file_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    fetch = source_of(file, None)
    with pytest.raises(JwksError, match="No such file"):
        fetch()
    file.write_text(json.dumps(key_set()))

    assert {("one", "ES384")} == set(read_keys(fetch(), BOTH))


def test_a_redirect_is_not_followed() -> None:
    assert "/jwks.json: answers 302" == refused(lambda _: Answer(b"", 302, {"Location": "/fhir/elsewhere"}))


def test_an_error_is_no_set() -> None:
    assert "/jwks.json: answers 500" == refused(lambda _: Answer(key_set(), 500))


def test_a_set_without_an_end_is_left_off() -> None:
    assert "/jwks.json: more than 262144 bytes" == refused(lambda _: Answer(b"x" * (jwks.MAX_BYTES + 1)))


def test_a_set_that_comes_too_slowly_is_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "SECONDS", 0.3)

    assert "/jwks.json: ReadTimeout" == refused(lambda _: Answer(key_set(), delay=1))


def test_an_unreachable_publisher_is_reported() -> None:
    with serving(lambda _: Answer()) as server:
        url = server.base

    with pytest.raises(JwksError, match="ConnectionError"):
        source_of(url, None)()
