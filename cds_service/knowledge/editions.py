"""Which file of guidelines/ is in force: of each body the newest edition that is verified, or the one that is named.

Each folder holds one kind of table, each file one edition of one body: `<folder>/<body>_<year>.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import GUIDELINES

CASES = ".cases.toml"
ADVICE, LABELS = "advice", "labels"
_NAME = re.compile(r"([a-z0-9_]+)_(\d{4})\.toml")


class EditionFile(NamedTuple):
    """One edition of one body, by its file."""

    folder: str
    body: str
    year: int
    source: Traversable

    @property
    def id(self) -> str:
        """The name by which a setting can ask for it. Raises KnowledgeError where the file gives none."""
        return str(self._edition["id"])

    @property
    def is_verified(self) -> bool:
        """Whether it may be used without being named."""
        return self._edition["verified"] is True

    @property
    def _edition(self) -> dict[str, Any]:
        try:
            edition: dict[str, Any] = tomllib.loads(self.source.read_text(encoding="utf-8"))["edition"]
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise KnowledgeError(f"{self.source.name}: {error}") from error
        if not {"id", "verified"} <= set(edition):
            raise KnowledgeError(f"{self.source.name}: edition: id and verified are required")
        return edition


class FilesInForce(NamedTuple):
    """The file in force of each folder; `advice`: one of each body, `labels`: that of the region."""

    grading: Traversable
    decisions: Traversable
    drugs: Traversable
    risk: Traversable
    fludarabine: Traversable
    look_alikes: Traversable
    refractory: Traversable
    advice: tuple[Traversable, ...]
    labels: Traversable

    @property
    def all(self) -> tuple[Traversable, ...]:
        """Every file, in the order of the fields."""
        *single, advice, labels = self
        return (*single, *advice, labels)


# The folders whose table stands alone.
SINGLE = FilesInForce._fields[:-2]


def files_in_force(region: str, named: Collection[str] = ()) -> FilesInForce:
    """The files to decide by. Raises KnowledgeError for a region or an edition that there is not."""
    strange = sorted(set(named) - {one.id for one in edition_files()}) if named else []
    if strange:
        known = ", ".join(one.id for one in edition_files())
        raise KnowledgeError(f"no edition {', '.join(strange)}; known editions: {known}")
    single = {folder: _only(folder, named) for folder in SINGLE}
    advice = tuple(_chosen(editions, named).source for editions in _by_body(ADVICE).values())
    return FilesInForce(**single, advice=advice, labels=label_file(region, named))


def label_file(region: str, named: Collection[str] = ()) -> Traversable:
    """The labels of a region. Raises KnowledgeError for a region without any."""
    labels = _by_body(LABELS)
    if region not in labels:
        raise KnowledgeError(f"no product labels for the region {region!r}; known regions: {', '.join(labels)}")
    return _chosen(labels[region], named).source


def regions() -> tuple[str, ...]:
    """The regions that there are labels of."""
    return tuple(_by_body(LABELS))


def edition_files() -> tuple[EditionFile, ...]:
    """Every edition that is packaged, in force or not."""
    return tuple(one for folder in (*SINGLE, ADVICE, LABELS) for one in _editions(folder))


def case_files(named: Collection[str] = ()) -> tuple[Traversable, ...]:
    """The files of cases by folder and name, without those beside an edition that is not in force."""
    found = []
    for folder in sorted((*SINGLE, ADVICE, LABELS)):
        editions = {one.source.name for one in _editions(folder)}
        in_force = {_chosen(one, named).source.name for one in _by_body(folder).values()}
        beside = {name.replace(".toml", CASES) for name in editions - in_force}
        cases = (file for file in _files(GUIDELINES / folder) if file.name.endswith(CASES))
        found += [file for file in cases if file.name not in beside]
    return tuple(found)


def _only(folder: str, named: Collection[str]) -> Traversable:
    bodies = _by_body(folder)
    if len(bodies) != 1:
        raise KnowledgeError(f"guidelines/{folder}: one body's editions expected, not {', '.join(bodies) or 'none'}")
    (editions,) = bodies.values()
    return _chosen(editions, named).source


def _chosen(editions: Sequence[EditionFile], named: Collection[str]) -> EditionFile:
    """Of one body, the newest first; one that stands alone needs no choice."""
    asked = [one for one in editions if one.id in named] if named else []
    if len(asked) > 1:
        raise KnowledgeError(
            f"editions of one body, of which one can be in force: {', '.join(one.id for one in asked)}"
        )
    if asked or len(editions) == 1:
        return (asked or editions)[0]
    return next((one for one in editions if one.is_verified), editions[0])


def _by_body(folder: str) -> dict[str, list[EditionFile]]:
    bodies: dict[str, list[EditionFile]] = {}
    for one in _editions(folder):
        bodies.setdefault(one.body, []).append(one)
    return bodies


def _editions(folder: str) -> Iterator[EditionFile]:
    """By body, the newest first. Raises KnowledgeError for a file that is named otherwise."""
    found = []
    for file in _files(GUIDELINES / folder):
        if not file.name.endswith(CASES):
            name = _NAME.fullmatch(file.name)
            if name is None:
                raise KnowledgeError(f"guidelines/{folder}/{file.name}: <body>_<year>.toml expected")
            found.append(EditionFile(folder, name[1], int(name[2]), file))
    return iter(sorted(found, key=lambda one: (one.body, -one.year)))


def _files(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda file: file.name)
