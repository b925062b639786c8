"""Whatever a client sends, the answer is cards or a reason, in time. `make fuzz` is the long run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cds_service.adapters import outbound
from tests.fuzz.attempts import Attempts
from tests.fuzz.corpus import Seed, seeds
from tests.fuzz.mutation import VALUES, mutated
from tests.fuzz.target import HANG_SECONDS, Answer, Wrong, alarm, call, judge, service

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization", "feedback"]
)
Send = Callable[[str, bytes], Answer]


@pytest.fixture(scope="module")
def app() -> Flask:
    return service()


@pytest.fixture(scope="module")
def corpus(app: Flask) -> list[Seed]:
    return seeds(app)


@pytest.fixture(scope="module")
def send(app: Flask) -> Send:
    def judged(path: str, body: bytes) -> Answer:
        alarm(HANG_SECONDS)
        try:
            answer = call(app, path, body)
        finally:
            alarm(0)
        judge(answer)
        return answer

    return judged


def test_every_seed_request_is_answered(corpus: list[Seed], send: Send) -> None:
    assert {200} == {send(*seed).status for seed in corpus}


@given(st.data(), st.randoms(use_true_random=False))
def test_a_slightly_wrong_request_gets_cards_or_a_reason(
    corpus: list[Seed], send: Send, data: st.DataObject, random: Random
) -> None:
    path, body = data.draw(st.sampled_from(corpus))

    send(path, mutated(body, random, [seed.body for seed in corpus]))


@given(st.data())
def test_a_member_of_any_type_gets_cards_or_a_reason(corpus: list[Seed], send: Send, data: st.DataObject) -> None:
    path, body = data.draw(st.sampled_from(corpus))
    changed = msgspec.json.decode(body) | {data.draw(MEMBERS): data.draw(JSON | st.sampled_from(VALUES))}

    send(path, msgspec.json.encode(changed))


@given(st.data(), st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_get_cards_or_a_reason(corpus: list[Seed], send: Send, data: st.DataObject, body: bytes) -> None:
    path, _ = data.draw(st.sampled_from(corpus))

    assert send(path, body).status in {400, 422}


@pytest.fixture
def attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """The attempts of the long run; the network is restored after the test."""
    monkeypatch.setattr(outbound, "HTTPAdapter", outbound.HTTPAdapter)
    return Attempts(tmp_path, seed=1)


def test_any_claim_and_any_answer_of_a_fhir_server_gets_cards_or_a_reason(attempts: Attempts) -> None:
    """The beginning of the long run."""
    statuses: defaultdict[str, set[int]] = defaultdict(set)
    for number in range(200):
        attempt = attempts.of(number)
        answer = attempts.send(number, attempt)
        judge(answer)
        statuses[attempt.kind].add(answer.status)

    assert {"body", "answers", "signed, body", "signed, answers", "signed, token"} == set(statuses)
    assert all(200 in seen for seen in statuses.values())
    assert 401 in statuses["signed, token"]
    assert 401 not in statuses["signed, body"] | statuses["signed, answers"]


def test_an_attempt_is_reproducible_except_for_its_token(attempts: Attempts) -> None:
    numbers = range(40)

    assert [attempts.of(one)[:3] for one in numbers] == [attempts.of(one)[:3] for one in numbers]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"{}"),
        Answer(503, b'{"resourceType": "OperationOutcome"}'),
        Answer(200, b"{}"),
        Answer(200, b"cards"),
        Answer(422, b"{}"),
        Answer(422, b'{"resourceType": "OperationOutcome", "cards": []}'),
    ],
)
def test_a_wrong_answer_is_noticed(answer: Answer) -> None:
    with pytest.raises(Wrong):
        judge(answer)
