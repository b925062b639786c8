"""What a row does not say of its own provenance: the section that it stands in says it, and above all the edition."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

from cds_service.clinical.tables.provenance import Sourced
from cds_service.errors import KnowledgeError

Json = dict[str, Any]
PROVENANCE = "provenance"
# What a row may say itself, beside its other keys.
OWN = ("source", "published", "checked", "verified", "review_by")


def with_provenance(given: Json, kind: Any) -> Json:
    """The content of a file with a `provenance` in each row of its typed form.

    Raises KnowledgeError where there are rows and no edition.
    """
    edition = given.get("edition")
    return _table(given, kind, _said_by(edition) if isinstance(edition, dict) else {})


def _said_by(edition: Json) -> Json:
    """What an edition says of all its rows; a key that it lacks is missed when the edition itself is read."""
    named = {"source": edition.get("label"), "edition": edition.get("id")}
    return named | {key: edition[key] for key in OWN if key in edition}


def _table(given: Json, kind: Any, above: Json) -> Json:
    """`above`: what holds for the place where `given` stands, as far as it says nothing else."""
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
    """A row is not verified where what it hangs on is not, and another source was not published with it."""
    own = {key: row[key] for key in OWN if key in row}
    if "source" in own:
        above = above | {"published": ""}
    if "verified" in own and not above.get("verified"):
        own["verified"] = False
    return above | own


@cache
def types_of(kind: Any) -> dict[str, Any]:
    """The type of each field of a table, without the None that some may be."""
    hints = get_type_hints(kind) if is_dataclass(kind) else {}
    return {name: _without_none(hint) for name, hint in hints.items()}


def _without_none(hint: Any) -> Any:
    return next(one for one in get_args(hint) if one is not NoneType) if isinstance(hint, UnionType) else hint


def entry_of(kind: Any) -> Any:
    """What a tuple or the values of a dict are made of, where that is a table of its own."""
    return next((one for one in get_args(kind) if is_dataclass(one)), None)
