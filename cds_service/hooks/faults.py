"""What is wrong with what was sent, in an answer whose size the sender does not choose."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from marshmallow import fields
from marshmallow.exceptions import SCHEMA

from cds_service.errors import MAX_FAULTS


class Several(fields.List[Any]):
    """A list whose own rules, such as its length, come before its items are read: each wrong item costs an error."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> list[Any]:
        if isinstance(value, list):
            self._validate(value)
        return super()._deserialize(value, attr, data, **more)


def faults(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each wrong element by a FHIRPath-like expression of its names on the wire, with the reason."""
    if not isinstance(messages, dict):
        yield path, " ".join(map(str, messages))
        return
    for key, inner in messages.items():
        inside = path if key == SCHEMA else f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}"
        yield from faults(inner, inside.removeprefix("."))


def summary_of(messages: Any) -> str:
    """The first faults in words, and whether there are more."""
    found = [f"{place}: {text}" if place else text for place, text in islice(faults(messages), MAX_FAULTS + 1)]
    return "; ".join([*found[:MAX_FAULTS], *(["and more"] if len(found) > MAX_FAULTS else [])])
