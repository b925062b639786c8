"""What is counted in the text of the modules: long functions, strings that are read, where urgency is made, chains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from bench.structure.source import Module

# Between the layers nothing should have to be read again; the others read what comes from outside.
_BETWEEN_LAYERS = ("cds_service/clinical/", "cds_service/rendering/", "cds_service/decision.py")
_WORDING = "wording.py"
_READERS = frozenset(
    {"split", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix", "startswith", "endswith"}
)
_CODE = re.compile(r"[\w-]*")
_URGENCIES = frozenset({"Urgency", "Indicator"})
_MAKERS = _URGENCIES | {"of_grade"}
_INDICATORS = frozenset({"info", "warning", "critical"})  # as CDS Hooks spells them
_LONG_CHAIN = 4


def functions(module: Module) -> Iterator[tuple[int, str]]:
    """The lines of each function or method from `def` to its end, and where and what it is."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{module.place(node)} {node.name}"


def string_parsers(module: Module) -> Iterator[str]:
    """Where `clinical/`, `rendering/` or `decision.py` get a meaning back out of a string; the wording module may.

    A method of str that takes a string apart or looks at one of its ends, a function of `re`, or `in` with a literal
    on its left. A literal that could be a code ("therapy") is taken to be looked for in a collection, any other
    (" (") in a text. Types are not known, so a method of the same name counts whatever has it.
    """
    if module.path.startswith(_BETWEEN_LAYERS) and not module.path.endswith(f"/{_WORDING}"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.expr) and (how := _reads(node)):
                yield f"{module.place(node)} {how}"


def makes_urgency(module: Module) -> bool:
    """Whether it names a member of Urgency (or Indicator), calls it, or calls `of_grade`.

    In `clinical/` and `rendering/` the bare word counts as well ("critical").
    """
    inside = module.path.startswith(_BETWEEN_LAYERS)
    return any(_is_urgency(node) or (inside and _is_indicator(node)) for node in ast.walk(module.tree))


def chart_uses(module: Module) -> int:
    """How often it reaches for the chart of an evaluation: `evaluation.chart`."""
    reached = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr == "chart")
    return sum(_last_name(node.value) == "evaluation" for node in reached)


def long_chains(module: Module) -> int:
    """How many chains of four or more names it has: `a.b.c.d`."""
    inner = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
    whole = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and id(node) not in inner)
    return sum(_names(node) >= _LONG_CHAIN for node in whole)


def _reads(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=function)):
            return f"re.{function}"
        case ast.Call(func=ast.Attribute(attr=method)) if method in _READERS:
            return method
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
    """The names of a chain; 0 where it does not begin with one."""
    names = 1
    while isinstance(node, ast.Attribute):
        node, names = node.value, names + 1
    return names if isinstance(node, ast.Name) else 0
