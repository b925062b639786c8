"""Which files of guidelines/ are in force: for each body the newest verified edition, or one named by a setting.

Each folder contains one kind of table, each file one edition by one body: `<folder>/<body>_<year>.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from importlib.resources.abc import Traversable
from typing import NamedTuple

import msgspec

from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.provenance import Edition
from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import GUIDELINES, read_table

CASES = ".cases.toml"
ADVICE, LABELS = "advice", "labels"
_NAME = re.compile(r"([a-z0-9_]+)_(\d{4})\.toml")


class EditionFile(NamedTuple):
    """The file of one edition by one body."""

    folder: str
    body: str
    year: int
    source: Traversable

    @property
    def edition(self) -> Edition:
        """The edition stated in the file. Raises KnowledgeError, naming the file, if there is none."""
        try:
            given = tomllib.loads(self.source.read_text(encoding="utf-8")).get("edition")
            return msgspec.convert(given, Edition)
        except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise KnowledgeError(f"{self.source.name}: edition: {error}") from error


class FilesInForce(NamedTuple):
    """The files in force by folder; `advice`: one per body, `labels`: that of the region."""

    grading: EditionFile
    decisions: EditionFile
    drugs: EditionFile
    risk: EditionFile
    fludarabine: EditionFile
    look_alikes: EditionFile
    refractory: EditionFile
    crs_advice: EditionFile
    advice: tuple[EditionFile, ...]
    labels: EditionFile

    @property
    def guidelines(self) -> tuple[EditionFile, ...]:
        """All files except labels, in the order of the fields."""
        *single, advice, _ = self
        return (*single, *advice)

    @property
    def sources(self) -> tuple[Traversable, ...]:
        """All files that are read."""
        return tuple(file.source for file in (*self.guidelines, self.labels))


# The folders with a single table.
SINGLE = FilesInForce._fields[:-2]


def files_in_force(region: str, named: Collection[str] = ()) -> FilesInForce:
    """The files to decide by. Raises KnowledgeError for an unknown region or edition."""
    strange = sorted(set(named) - {one.edition.id for one in edition_files()}) if named else []
    if strange:
        known = ", ".join(one.edition.id for one in edition_files())
        raise KnowledgeError(f"no edition {', '.join(strange)}; known editions: {known}")
    single = {folder: _only(folder, named) for folder in SINGLE}
    advice = tuple(_chosen(editions, named) for editions in _by_body(ADVICE).values())
    return FilesInForce(**single, advice=advice, labels=label_file(region, named))


def label_file(region: str, named: Collection[str] = ()) -> EditionFile:
    """The labels of a region. Raises KnowledgeError for a region without labels."""
    labels = _by_body(LABELS)
    if region not in labels:
        raise KnowledgeError(f"no product labels for the region {region!r}; known regions: {', '.join(labels)}")
    return _chosen(labels[region], named)


def load_labels(region: str, named: Collection[str] = ()) -> Management:
    """The labels of a region. Raises KnowledgeError if there are none or the file is invalid."""
    return read_table(label_file(region, named).source, Management)


def regions() -> tuple[str, ...]:
    """The regions for which there are labels."""
    return tuple(_by_body(LABELS))


def edition_files() -> tuple[EditionFile, ...]:
    """Every packaged edition, in force or not."""
    return tuple(one for folder in (*SINGLE, ADVICE, LABELS) for one in _editions(folder))


def case_files(named: Collection[str] = ()) -> tuple[Traversable, ...]:
    """The case files by folder and name, without those of editions that are not in force."""
    found = []
    for folder in sorted((*SINGLE, ADVICE, LABELS)):
        editions = {one.source.name for one in _editions(folder)}
        in_force = {_chosen(one, named).source.name for one in _by_body(folder).values()}
        beside = {name.replace(".toml", CASES) for name in editions - in_force}
        cases = (file for file in _files(GUIDELINES / folder) if file.name.endswith(CASES))
        found += [file for file in cases if file.name not in beside]
    return tuple(found)


def _only(folder: str, named: Collection[str]) -> EditionFile:
    bodies = _by_body(folder)
    if len(bodies) != 1:
        raise KnowledgeError(f"guidelines/{folder}: one body's editions expected, not {', '.join(bodies) or 'none'}")
    (editions,) = bodies.values()
    return _chosen(editions, named)


def _chosen(editions: Sequence[EditionFile], named: Collection[str]) -> EditionFile:
    """The named edition of one body, else the newest verified one; a single edition needs no choice."""
    asked = [one for one in editions if one.edition.id in named] if named else []
    if len(asked) > 1:
        raise KnowledgeError(
            f"editions of one body, of which one can be in force: {', '.join(one.edition.id for one in asked)}"
        )
    if asked or len(editions) == 1:
        return (asked or editions)[0]
    return next((one for one in editions if one.edition.verified), editions[0])


def _by_body(folder: str) -> dict[str, list[EditionFile]]:
    bodies: dict[str, list[EditionFile]] = {}
    for one in _editions(folder):
        bodies.setdefault(one.body, []).append(one)
    return bodies


def _editions(folder: str) -> Iterator[EditionFile]:
    """The editions by body, newest first. Raises KnowledgeError for a file with another name."""
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
