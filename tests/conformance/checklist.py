"""The checklist of the protocol, and the tests marked with its entries."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.parts import ROOT

FILE = Path(__file__).parent / "requirements.toml"
PREFIX = "hooks:"


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry; `note` says what we chose, or what others must do."""

    id: str
    level: str
    says: str
    note: str = ""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of related entries."""

    title: str
    requirement: tuple[Requirement, ...]


class Proof(NamedTuple):
    """A test marked with a requirement; its file is relative to the project."""

    file: str
    name: str

    @property
    def sentence(self) -> str:
        """The test's name as a sentence."""
        return self.name.removeprefix("test_").replace("_", " ")

    @property
    def from_outside(self) -> bool:
        """Whether it calls the started service over HTTP."""
        return self.file.startswith("tests/blackbox/")


Proofs = Mapping[str, tuple[Proof, ...]]


def sections() -> tuple[Section, ...]:
    """The sections of the checklist, in the order of its file."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8"))["section"], tuple[Section, ...])


def proofs() -> Proofs:
    """The tests of the project by the requirement they are marked with. Raises RuntimeError if collection fails."""
    collector = _Collector()
    code = pytest.main(["--collect-only", "-qqq", "--no-cov", str(ROOT / "tests")], plugins=[collector])
    if code != pytest.ExitCode.OK:
        raise RuntimeError("the tests cannot be collected")
    found: dict[str, set[Proof]] = {}
    for item in collector.items:
        for mark in item.iter_markers("requirement"):
            found.setdefault(mark.args[0], set()).add(_proof(item))
    return {name: tuple(sorted(tests)) for name, tests in found.items()}


def mistakes(checklist: Iterable[Section], proven: Proofs) -> Iterator[str]:
    """The mistakes: entries that no test proves from outside, and tests marked with an unknown entry."""
    entries = [entry for section in checklist for entry in section.requirement]
    known = {f"{PREFIX}{entry.id}" for entry in entries}
    yield from (f"{name}: no such requirement" for name in sorted(set(proven) - known))
    for entry in entries:
        if not any(proof.from_outside for proof in proven.get(f"{PREFIX}{entry.id}", ())):
            yield f"{PREFIX}{entry.id}: no test calls the started service for it"


class _Collector:
    """A pytest plugin that keeps the collected tests."""

    items: list[pytest.Item]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = session.items


def _proof(item: pytest.Item) -> Proof:
    return Proof(item.path.relative_to(ROOT).as_posix(), getattr(item, "originalname", item.name))
