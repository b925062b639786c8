"""The synthetic patients, one story each; the timestamp of its Bundle is the story's present."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import read_table

Json = dict[str, Any]
INDEX = "stories.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient in stories.toml."""

    slug: str
    title: str
    reason: str
    rules: list[str]


@dataclass(frozen=True, slots=True)
class Story:
    """One patient: the id, what to look at and why, the rules that it shows, and the record as a Bundle."""

    slug: str
    title: str
    reason: str
    rules: tuple[str, ...]
    bundle: Json


@dataclass(frozen=True, slots=True)
class _Index:
    story: list[Entry]


def read_stories(folder: Traversable | Path | None = None) -> tuple[Story, ...]:
    """The packaged stories in the order of their index. Raises KnowledgeError for an unusable one."""
    folder = folder or files("cds_service.sandbox.stories") / "patients"
    return tuple(_story(entry, folder) for entry in read_table(folder / INDEX, _Index).story)


def _story(entry: Entry, folder: Traversable | Path) -> Story:
    name = f"{entry.slug}.json"
    try:
        bundle = msgspec.json.decode((folder / name).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    if "timestamp" not in bundle:
        raise KnowledgeError(f"{name}: the Bundle has no timestamp, so its story has no present")
    return Story(entry.slug, entry.title, entry.reason, tuple(entry.rules), bundle)
