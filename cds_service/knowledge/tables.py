"""TOML tables in their typed form; a misspelt key is an error like a missing one."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cds_service.errors import KnowledgeError
from cds_service.knowledge.inheritance import entry_of, types_of, with_provenance

T = TypeVar("T")

GUIDELINES = files("cds_service.clinical") / "guidelines"


def read_table(source: Traversable | Path, kind: type[T]) -> T:
    """One TOML table in its typed form. Raises KnowledgeError that names the file and the place in it."""
    try:
        written = tomllib.loads(source.read_text(encoding="utf-8"))
        _refuse_unlisted(written, kind)
        given = with_provenance(written, kind)
        table = msgspec.convert(given, kind)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError, KnowledgeError) as error:
        raise KnowledgeError(f"{source.name}: {error}") from error
    unknown = list(_unknown_keys(given, msgspec.to_builtins(table), ""))
    if unknown:
        raise KnowledgeError(f"{source.name}: not understood: {', '.join(unknown)}")
    return table


def fingerprint_of(sources: Iterable[Traversable | Path]) -> str:
    """A short hash of the content of files, so that two installations can be compared."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return f"sha256:{digest.hexdigest()[:16]}"


def _refuse_unlisted(given: Any, kind: Any) -> None:
    unlisted = "; ".join(_unlisted(given, kind, ""))
    if unlisted:
        raise KnowledgeError(unlisted)


def _unlisted(given: Any, kind: Any, place: str) -> Iterator[str]:
    """Each word that is not among those of its enumeration, with its place: "row 3: action"."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if given not in list(kind):
            yield f"{place}: {given!r} is none of {', '.join(sorted(kind))}"
    elif isinstance(given, dict):
        types = types_of(kind)
        for key, value in given.items():
            yield from _unlisted(value, types.get(key) or entry_of(kind), f"{place}: {key}" if place else key)
    elif isinstance(given, list):
        for number, entry in enumerate(given, 1):
            yield from _unlisted(entry, entry_of(kind), f"{place} {number}")


def _unknown_keys(given: Any, understood: Any, path: str) -> Iterator[str]:
    """Keys of a file that the typed form dropped: most likely misspelt."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in understood:
                yield f"{path}{key}"
            else:
                yield from _unknown_keys(value, understood[key], f"{path}{key}.")
    elif isinstance(given, list) and any(isinstance(entry, dict) for entry in given):
        for index, (entry, typed) in enumerate(zip(given, understood, strict=True)):
            yield from _unknown_keys(entry, typed, f"{path}{index}.")
