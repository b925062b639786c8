"""Validation errors as part of a response whose size does not depend on the sender."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from marshmallow import fields
from marshmallow.exceptions import SCHEMA

from cds_service.errors import MAX_FAULTS


class Several(fields.List[Any]):
    """A list that checks its own rules, such as its length, before its items, because each invalid item is costly."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> list[Any]:
        if isinstance(value, list):
            self._validate(value)
        return super()._deserialize(value, attr, data, **more)


def faults(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each invalid element, by a FHIRPath-like expression of its wire names, with the reason."""
    if not isinstance(messages, dict):
        yield path, " ".join(map(str, messages))
        return
    for key, inner in messages.items():
        yield from faults(inner, path if key == SCHEMA else _inside(path, key))


def _inside(path: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def summary_of(messages: Any) -> str:
    """The first errors in words, and whether there are more."""
    found = [f"{place}: {text}" if place else text for place, text in islice(faults(messages), MAX_FAULTS + 1)]
    return "; ".join([*found[:MAX_FAULTS], *(["and more"] if len(found) > MAX_FAULTS else [])])
