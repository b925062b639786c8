"""The Python modules and tables of the product in a checkout."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PRODUCT = ("cds_service", "cards")


class Module(NamedTuple):
    """One Python file: dotted name, path from the root of the checkout, number of lines and syntax tree."""

    name: str
    path: str
    lines: int
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__.py` of a package."""
        return self.path.endswith("/__init__.py")

    def place(self, node: ast.expr | ast.stmt) -> str:
        """The place of a node in a form that an editor can open."""
        return f"{self.path}:{node.lineno}"


def modules_of(root: Path) -> tuple[Module, ...]:
    """Every Python module of the product, not of its tests and tools."""
    return tuple(_module(file, root) for file in _files(root, "py"))


def lines_of_tables(root: Path) -> tuple[int, ...]:
    """The number of lines of each TOML file of the product."""
    return tuple(len(file.read_text(encoding="utf-8").splitlines()) for file in _files(root, "toml"))


def _files(root: Path, ending: str) -> Iterator[Path]:
    for part in PRODUCT:
        yield from sorted((root / part).rglob(f"*.{ending}"))


def _module(file: Path, root: Path) -> Module:
    text, path = file.read_text(encoding="utf-8"), file.relative_to(root)
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path.as_posix(), len(text.splitlines()), ast.parse(text, str(file)))
