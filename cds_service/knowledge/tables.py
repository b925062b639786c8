"""Reads TOML tables into their typed form; an unknown key is an error, like a missing one."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from cds_service.clinical.tables.provenance import Sourced
from cds_service.errors import KnowledgeError, WrongFileError

Json = dict[str, Any]
PROVENANCE = "provenance"
# The provenance that a row may state itself.
OWN = ("source", "published", "checked", "verified", "review_by")


def with_provenance(given: Json, kind: Any) -> Json:
    """The content of a file with a `provenance` in each row of its typed form.

    Raises KnowledgeError if there are rows but no edition.
    """
    edition = given.get("edition")
    return _table(given, kind, _said_by(edition) if isinstance(edition, dict) else {})


def _said_by(edition: Json) -> Json:
    """The provenance that an edition gives all its rows; a missing key is reported when the edition itself is read."""
    named = {"source": edition.get("label"), "edition": edition.get("id")}
    return named | {key: edition[key] for key in OWN if key in edition}


def _table(given: Json, kind: Any, above: Json) -> Json:
    """`above`: the provenance inherited by `given`, unless it states its own."""
    types = types_of(kind)
    if PROVENANCE not in types:
        return {name: _inherited(value, types.get(name) or entry_of(kind), above) for name, value in given.items()}
    if not above and issubclass(kind, Sourced):
        raise KnowledgeError("rows need an [edition] that gives their source")
    joined = _joined(above, given)
    rest = {name: _inherited(value, types.get(name), joined) for name, value in given.items() if name not in OWN}
    return rest | ({PROVENANCE: joined} if above else {})


def _inherited(given: Any, kind: Any, above: Json) -> Any:
    if isinstance(given, list):
        return [_inherited(entry, entry_of(kind), above) for entry in given]
    return _table(given, kind, above) if isinstance(given, dict) else given


def _joined(above: Json, row: Json) -> Json:
    """A row is not verified if its parent is not; the parent's publication date does not apply to another source."""
    own = {key: row[key] for key in OWN if key in row}
    if "source" in own:
        above = above | {"published": ""}
    if "verified" in own and not above.get("verified"):
        own["verified"] = False
    return above | own


@cache
def types_of(kind: Any) -> dict[str, Any]:
    """The type of each field of a table, without the None of optional fields."""
    hints = get_type_hints(kind) if is_dataclass(kind) else {}
    return {name: _without_none(hint) for name, hint in hints.items()}


def _without_none(hint: Any) -> Any:
    return next(one for one in get_args(hint) if one is not NoneType) if isinstance(hint, UnionType) else hint


def entry_of(kind: Any) -> Any:
    """The element type of a tuple, or the value type of a dict, if that is a table itself."""
    return next((one for one in get_args(kind) if is_dataclass(one)), None)


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
        raise WrongFileError(source.name, error) from error
    unknown = list(_unknown_keys(given, msgspec.to_builtins(table), ""))
    if unknown:
        raise WrongFileError(source.name, f"not understood: {', '.join(unknown)}")
    return table


def fingerprint_of(sources: Iterable[Traversable | Path]) -> str:
    """A short hash of the content of files, by which two installations can be compared."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return f"sha256:{digest.hexdigest()[:16]}"


def _refuse_unlisted(given: Any, kind: Any) -> None:
    unlisted = "; ".join(_unlisted(given, kind, ""))
    if unlisted:
        raise KnowledgeError(unlisted)


def _unlisted(given: Any, kind: Any, place: str) -> Iterator[str]:
    """Each word that is not a member of its enumeration, with its place: "row 3: action"."""
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
    """Keys of a file that are not in the typed form: most likely misspelt."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in understood:
                yield f"{path}{key}"
            else:
                yield from _unknown_keys(value, understood[key], f"{path}{key}.")
    elif isinstance(given, list) and any(isinstance(entry, dict) for entry in given):
        for index, (entry, typed) in enumerate(zip(given, understood, strict=True)):
            yield from _unknown_keys(entry, typed, f"{path}{index}.")
