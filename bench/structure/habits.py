"""Counts of habits in the source: long functions, parsed strings, places that make an urgency, long chains of names."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from bench.structure.source import Module

_CARDS = ("cds_service/clinical/", "cds_service/rendering/", "cds_service/decision.py")
# The modules that read text from outside, each group with the reason.
READERS = tomllib.loads(Path(__file__).with_name("readers.toml").read_text(encoding="utf-8"))["reader"]
_MAY_READ = tuple(place for reader in READERS for place in reader["modules"])
_READERS = frozenset(
    {
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "removeprefix",
        "removesuffix",
        "startswith",
        "endswith",
    }
)
_MATCHERS = frozenset({"match", "fullmatch", "search", "findall", "finditer", "sub", "subn"})
_CODE = re.compile(r"[\w-]*")
_URGENCIES = frozenset({"Urgency", "Indicator"})
_MAKERS = _URGENCIES | {"of_grade"}
_INDICATORS = frozenset({"info", "warning", "critical"})  # as CDS Hooks spells them
_LONG_CHAIN = 4
# Tuples that Python, Flask or Click asks for: keys to sort or look up by, a page with its status, values of an option.
_ASKED_FOR = frozenset(
    {
        "cds_service/cli/prefetch.py prefetch",
        "cds_service/clinical/course/measurements.py support",
        "cds_service/clinical/course/therapy.py _order",
        "cds_service/fhir_mapping/data_use.py identity",
        "cds_service/fhir_mapping/mapper.py _order",
        "cds_service/rendering/status_card/suggestions.py _place",
        "cds_service/sandbox/pages/routes.py no_store",
        "cds_service/sandbox/pages/routes.py trouble",
    }
)


def functions(module: Module) -> Iterator[tuple[int, str]]:
    """Each function or method: its length in lines, from `def` to its end, and its place and name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{module.place(node)} {node.name}"


def string_parsers(module: Module) -> Iterator[str]:
    """The places where a meaning is read out of a string.

    Counted are the methods of str that take a string apart or test one of its ends, the functions of `re`, the methods
    of a pattern in a constant, and `in` with a literal on its left. A literal that could be a code ("therapy") is
    assumed to be looked up in a collection, any other literal (" (") to be searched for in a text. Types are not
    known, so a method of another type that has one of these names is counted too.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr) and (how := _reads(node)):
            yield f"{module.place(node)} {how}"


def reads_outside_text(module: Module) -> bool:
    """Whether readers.toml lists the module; a string parser in any other is between the layers."""
    return module.path.startswith(_MAY_READ)


def makes_urgency(module: Module) -> bool:
    """Whether the module names a member of Urgency or Indicator, calls one of the two, or calls `of_grade`.

    In `clinical/`, `rendering/` and `decision.py` the bare word ("critical") counts as well.
    """
    inside = module.path.startswith(_CARDS)
    return any(_is_urgency(node) or (inside and _is_indicator(node)) for node in ast.walk(module.tree))


def chart_uses(module: Module) -> int:
    """How often the module uses the chart of an evaluation: `evaluation.chart`."""
    reached = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr == "chart")
    return sum(_last_name(node.value) == "evaluation" for node in reached)


def long_chains(module: Module) -> int:
    """How many chains of four or more names the module has: `a.b.c.d`."""
    inner = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
    whole = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and id(node) not in inner)
    return sum(_names(node) >= _LONG_CHAIN for node in whole)


def unlike_tuples(module: Module) -> Iterator[str]:
    """The places where a signature or a field has a tuple of unlike parts, `tuple[A, B]`, which a type would name.

    Not counted are tuples of like parts, `tuple[A, A]` and `tuple[A, ...]`, and the few functions of `_ASKED_FOR`.
    """
    for node in _outside(module, _ASKED_FOR):
        match node:
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)) if _are_unlike(parts):
                yield f"{module.place(node)} {ast.unparse(node)}"


def _outside(module: Module, functions: Collection[str]) -> Iterator[ast.AST]:
    """The nodes of a module, without those of these functions."""
    waiting: list[ast.AST] = [module.tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.FunctionDef) and f"{module.path} {node.name}" in functions):
            yield node
            waiting += ast.iter_child_nodes(node)


def _are_unlike(parts: list[ast.expr]) -> bool:
    of_any_length = isinstance(parts[-1], ast.Constant) and parts[-1].value is ...
    return not of_any_length and len({ast.dump(part) for part in parts}) > 1


def _reads(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=function)):
            return f"re.{function}"
        case ast.Call(func=ast.Attribute(attr=method)) if method in _READERS:
            return method
        case ast.Call(func=ast.Attribute(value=pattern, attr=method)) if method in _MATCHERS:
            return method if _last_name(pattern).isupper() else ""
        case ast.Compare(left=ast.Constant(value=str(text)), ops=[ast.In() | ast.NotIn(), *_]):
            return "" if _CODE.fullmatch(text) else "in"
    return ""


def _is_urgency(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=value, attr=member):
            return member.isupper() and _last_name(value) in _URGENCIES
        case ast.Call(func=function):
            return _last_name(function) in _MAKERS
    return False


def _is_indicator(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in _INDICATORS


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.expr) -> int:
    """The number of names in a chain; 0 if it does not begin with a name."""
    names = 1
    while isinstance(node, ast.Attribute):
        node, names = node.value, names + 1
    return names if isinstance(node, ast.Name) else 0
