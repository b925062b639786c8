"""The rooms of `clinical/`, and the imports between them.

A room is a direct child of `cds_service/clinical/`: a module, or a sub-package with everything in it. `__init__.py` is
a room if it contains more than a docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import NamedTuple

from bench.structure.source import Module

CLINICAL = "cds_service.clinical"
ENTRANCE = "__init__"
Edge = tuple[str, str]
Edges = frozenset[Edge]


class Import(NamedTuple):
    """One statement in a room that imports another room."""

    room: str
    needs: str
    place: str


def rooms_of(modules: Iterable[Module]) -> frozenset[str]:
    """The names of the rooms."""
    inside = [module for module in modules if _is_clinical(module.name)]
    return frozenset(_room(one.name) for one in inside if one.name != CLINICAL or len(one.tree.body) > 1)


def imports_of(modules: tuple[Module, ...]) -> frozenset[Import]:
    """The imports between rooms, including those for types only and those inside functions."""
    names, rooms = _with_parents(modules), rooms_of(modules)
    found = (one for module in modules if _is_clinical(module.name) for one in _imports(module, names))
    return frozenset(one for one in found if one.room != one.needs and {one.room, one.needs} <= rooms)


def in_cycles(edges: Edges) -> Edges:
    """The imports that are part of a cycle."""
    reached = {room: _reached(room, edges) for room, _ in edges}
    return frozenset((room, needs) for room, needs in edges if room in reached.get(needs, ()))


def back(edges: Edges) -> Edges:
    """Imports whose removal leaves no cycle. Each step removes the one that leaves the fewest imports in cycles.

    The result is small, but not necessarily the smallest, which would take too long to find.
    """
    removed: Edges = frozenset()
    while cycles := in_cycles(edges - removed):
        removed |= {min(sorted(cycles), key=lambda edge: len(in_cycles(cycles - {edge})))}
    return removed


def floors(rooms: frozenset[str], edges: Edges) -> int:
    """The number of rooms in the longest chain of imports. Raises CycleError if there is a cycle."""
    below = {room: {needs for one, needs in edges if one == room} for room in rooms}
    height: dict[str, int] = {}
    for room in TopologicalSorter(below).static_order():
        height[room] = 1 + max((height[needs] for needs in below[room]), default=0)
    return max(height.values(), default=0)


def _is_clinical(name: str) -> bool:
    return f"{name}.".startswith(f"{CLINICAL}.")


def _room(name: str) -> str:
    inside = name.removeprefix(CLINICAL).strip(".")
    return inside.partition(".")[0] or ENTRANCE


def _with_parents(modules: Iterable[Module]) -> frozenset[str]:
    """The names of the modules and of the packages that contain them."""
    parts = [module.name.split(".") for module in modules]
    return frozenset(".".join(one[:length]) for one in parts for length in range(1, len(one) + 1))


def _imports(module: Module, names: frozenset[str]) -> Iterator[Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in filter(_is_clinical, _named(node, module, names)):
                yield Import(_room(module.name), _room(name), module.place(node))


def _named(node: ast.Import | ast.ImportFrom, module: Module, names: frozenset[str]) -> Iterator[str]:
    """The modules that a statement names; `from a import b` names `a.b` if that is a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = _base(node, module)
    for alias in node.names:
        inner = f"{base}.{alias.name}"
        yield inner if inner in names else base


def _base(node: ast.ImportFrom, module: Module) -> str:
    """The module after `from`, resolved if it is relative."""
    if not node.level:
        return node.module or ""
    here = module.name.split(".")
    above = here[: len(here) + module.is_package - node.level]
    return ".".join([*above, *filter(None, [node.module])])


def _reached(start: str, edges: Edges) -> frozenset[str]:
    """The rooms that a room imports, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        room = waiting.pop()
        new = {needs for one, needs in edges if one == room} - found
        found |= new
        waiting += new
    return frozenset(found)
