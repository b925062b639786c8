"""Requests in which one part, whose length the sender chooses, is far too long and usually invalid as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.builders import draft, hook_request, order_call, prefetch

Json = dict[str, Any]
VIEW, SELECT = "icans-patient-view", "icans-order-select"
FEEDBACK = f"{VIEW}/feedback"
ACT = {"card": "c-1", "outcome": "overridden", "outcomeTimestamp": "2026-03-08T09:00:00Z"}
# The most entries and accepted suggestions that a message may have.
ACTS, SUGGESTIONS = 1000, 20


class Excess(NamedTuple):
    """A request with one part of the length asked for."""

    what: str
    service: str
    body: Json


def excess(values: int, characters: int) -> Iterator[Excess]:
    """A request for each part: lists and objects with this many values, texts with this many characters."""
    yield from _of_calls(values)
    yield from _of_orders(values)
    yield from _of_feedback(values)
    yield from _of_texts("x" * characters)
    yield Excess("a selection of slashes", SELECT, _select(["/" * characters]))
    yield Excess("a server of labels", VIEW, hook_request(prefetch(), fhirServer="http://" + "a." * (characters // 2)))


def encoded(body: Json) -> bytes:
    """The body as JSON without whitespace."""
    return json.dumps(body, separators=(",", ":")).encode()


def _of_calls(values: int) -> Iterator[Excess]:
    many, empty = {f"k{number}": 1 for number in range(values)}, [[]] * (values // 2)
    context = hook_request()["context"]
    yield Excess("members of a call", VIEW, hook_request(prefetch()) | many)
    yield Excess("members of a context", VIEW, hook_request(prefetch(), context=context | many))
    yield Excess("keys of a prefetch", VIEW, hook_request(prefetch() | many))
    yield Excess("members of an authorization", VIEW, hook_request(prefetch(), fhirAuthorization=many))
    yield Excess("lists in a scope", VIEW, hook_request(prefetch(), fhirAuthorization={"scope": empty}))
    yield Excess("lists in an extension", VIEW, hook_request(prefetch(), extension={"x": empty}))


def _of_orders(values: int) -> Iterator[Excess]:
    order = draft("3264")
    yield Excess("wrong selections", SELECT, _select([5] * values))
    yield Excess("selections that are no drafts", SELECT, _select(["a/b"] * values))
    yield Excess("wrong drafts", SELECT, _select([], *[5] * (values // 20)))
    yield Excess("lists in a draft", SELECT, _select([], order | {"extension": [[]] * (values // 2)}))
    yield Excess("dosages", SELECT, _select([], order | {"dosageInstruction": [{}] * (values // 2)}))


def _of_feedback(values: int) -> Iterator[Excess]:
    suggestions = {"outcome": "accepted", "acceptedSuggestions": [5] * values}
    share = {"acceptedSuggestions": [5] * (values // 1000)}
    reason = {"overrideReason": {"reason": {"code": [5] * values}}}
    yield Excess("wrong entries", FEEDBACK, _message(*[5] * values))
    yield Excess("a message of wrong entries", FEEDBACK, _message(*[5] * ACTS))
    yield Excess("wrong suggestions", FEEDBACK, _message(ACT | suggestions))
    yield Excess("wrong suggestions in each entry", FEEDBACK, _message(*[{"card": "c 1"} | share] * 900))
    yield Excess("as many wrong as may be", FEEDBACK, _message(*[{"acceptedSuggestions": [5] * SUGGESTIONS}] * ACTS))
    yield Excess("a code of many", FEEDBACK, _message(ACT | reason))


def _of_texts(text: str) -> Iterator[Excess]:
    context = hook_request()["context"]
    token = {"access_token": "t", "token_type": "Bearer"}
    for name in context:
        yield Excess(f"{name} of a text", VIEW, hook_request(prefetch(), context=context | {name: text}))
    for name in ("hook", "hookInstance", "fhirServer", "extension"):
        yield Excess(f"{name} of a text", VIEW, hook_request(prefetch()) | {name: text})
    for name in ("access_token", "token_type", "subject", "patient"):
        yield Excess(f"{name} of a text", VIEW, hook_request(prefetch(), fhirAuthorization=token | {name: text}))
    for name in ACT:
        yield Excess(f"{name} of feedback", FEEDBACK, _message(ACT | {name: text}))


def _select(selections: list[Any], *drafts: Any) -> Json:
    return order_call(*drafts, hook="order-select", selected=selections)


def _message(*entries: Any) -> Json:
    return {"feedback": list(entries)}
