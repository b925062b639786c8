"""Slightly wrong requests: values, names, types, structure, and the text itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

import msgspec

# Values that parsers get wrong: limits of types, almost-numbers and almost-times, hostile texts, wrong types.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10, 11, 2**31, 2**53 + 1, -(2**63), 2**64, 1e-320, 1e308, -0.0, 5.5,
    "", " ", "0", "-5", "5", "<5", ">=10", "1e400", "NaN", "null", "true", "\x00", "\u202e", "é" * 40, "x" * 3000, "😀",
    "p-1", "Patient/p-1", "Patient/", "/", "..", "../../admin?x=", "urn:uuid:", "urn:uuid:0", "http://[::1", "https://",
    "http://127.0.0.1:9/fhir", "http://169.254.169.254/latest", "file:///etc/passwd", "//evil.example", "http://a:b@c/",
    "2026", "2026-02", "2026-02-30", "2026-02-29", "0000-01-01", "9999-12-31", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    "2026-03-08T09:00:60Z", "2026-03-08T24:00:00Z", "2026-03-08T09:00", "2026-03-08T09:00:00", "2026-03-08t09:00:00z",
    "2026-03-08T09:00:00+99:99", "final", "entered-in-error", "unknown", "completed", "in-progress", "Bundle",
    "Patient", "Observation", "OperationOutcome", "MedicationRequest", "QuestionnaireResponse", "Claim", "mg", "mg/kg",
    "Cel", "%", "[degF]", "10*9/L", "{score}", "http://loinc.org", "http://unitsofmeasure.org", "$patient", "${x}",
    "{{context.x}}",
    "<script>alert(1)</script>", "' OR 1=1 --", "%s%n", "|", "\\", "\n",
    [], {}, [[]], [None], [{}], {"": None}, {"resourceType": "Bundle"}, {"resourceType": "Patient", "id": "p-1"},
    {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]},
    {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}, {"value": 39.5, "code": "Cel"}, {"start": "2026"},
)  # fmt: skip
# Texts that are not JSON, or nearly JSON.
TEXTS = (
    b"NaN", b"Infinity", b"1e999999", b"-", b"01", b"9" * 400, b'"\\ud800"', b'"\xff"', b"[" * 90, b'{"a":' * 90,
    b"/**/", b",", b":", b"}", b"]", b'"', b"\x00", b"\xef\xbb\xbf", b"nul", b"[" * 200 + b"]" * 200,
)  # fmt: skip
_WHOLE = 0.9
Change = Callable[[Any, Any, Random, Sequence[bytes]], None]


def mutated(body: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """The body with one to eight changes; `others`: bodies from which parts are copied."""
    if random.random() > _WHOLE:
        return _torn(body, random)
    value = msgspec.json.decode(body)
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        _change(value, random, others)
    return msgspec.json.encode(value)


def _change(value: Any, random: Random, others: Sequence[bytes]) -> None:
    holder, key = _somewhere(value, random)
    if holder is not None:
        random.choice(_CHANGES)(holder, key, random, others)


def _somewhere(value: Any, random: Random) -> tuple[Any, Any]:
    """A container and a key in it, at any level; mostly in the record, because errors elsewhere are refused early."""
    holder = key = None
    if isinstance(value, dict) and isinstance(value.get("prefetch"), dict) and random.random() < _WHOLE:
        value = random.choice((value["prefetch"], value["prefetch"], value.get("context")))
    while isinstance(value, (dict, list)) and value and (holder is None or random.random() < _WHOLE):
        holder = value
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        value = holder[key]
    return holder, key


def _replace(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    holder[key] = deepcopy(random.choice(VALUES))


def _borrow(holder: Any, key: Any, random: Random, others: Sequence[bytes]) -> None:
    there, name = _somewhere(msgspec.json.decode(random.choice(others)), random)
    holder[key] = there[name] if there is not None else None


def _remove(holder: Any, key: Any, *_: Any) -> None:
    del holder[key]


def _double(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    if isinstance(holder, list):
        holder.extend([holder[key]] * random.choice((1, 2, 30)))
    else:
        holder[key] = [holder[key], holder[key]]


def _rename(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    if isinstance(holder, dict):
        holder[random.choice((f"_{key}", key.upper(), key[:-1], f"{key}X", "extension", "modifierExtension", ""))] = (
            holder.pop(key)
        )


def _retype(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    value = holder[key]
    holder[key] = random.choice(([value], {"value": value}, str(value), [value] * 3, None))


def _nudge(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    """A neighbouring number, or the text with one character added, removed or changed."""
    value = holder[key]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        holder[key] = value + random.choice((-1, 1, 0.5, -0.001, 1e6, -value, value * 9))
    elif isinstance(value, str):
        at = random.randrange(len(value) + 1)
        holder[key] = value[:at] + random.choice(("", "0", "9", "-", ":", "Z", ".", "x", " ")) + value[at + 1 :]
    else:
        _replace(holder, key, random, _)


def _crowd(holder: Any, key: Any, random: Random, _: Sequence[bytes]) -> None:
    """A wrong value that is far too long: a list, an object or a text.

    Each element is a separate object: a later change to a shared one would make it grow endlessly.
    """
    count, wrong = random.choice((25, 300, 2000)), random.choice(VALUES)
    kind = random.choice((list, dict, str))
    if kind is str:
        holder[key] = "x/" * count
        return
    values = [deepcopy(wrong) for _ in range(count)]
    holder[key] = values if kind is list else {str(number): value for number, value in enumerate(values)}


def _torn(body: bytes, random: Random) -> bytes:
    """The text, damaged."""
    start = random.randrange(len(body) + 1)
    end = min(len(body), start + random.choice((0, 0, 1, 4, 100)))
    return body[:start] + random.choice((*TEXTS, b"", bytes([random.randrange(256)]))) + body[end:]


_CHANGES: tuple[Change, ...] = (_replace, _replace, _borrow, _remove, _double, _rename, _retype, _nudge, _nudge, _crowd)
