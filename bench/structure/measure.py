"""Every measurement of one checkout."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.structure import call
from bench.structure.habits import (
    chart_uses,
    functions,
    long_chains,
    makes_urgency,
    reads_outside_text,
    string_parsers,
    unlike_tuples,
)
from bench.structure.rooms import back, floors, imports_of, in_cycles, rooms_of
from bench.structure.source import Module, lines_of_tables, modules_of

SOFT_LIMIT, HARD_LIMIT = 250, 400  # lines of a file
_SECONDS = 120


class Measured(NamedTuple):
    """Figures by name, the places that some of them count, and the reason why others could not be measured."""

    figures: dict[str, float]
    places: dict[str, list[str]]
    unmeasured: dict[str, str]

    def __or__(self, other: Measured) -> Measured:
        """The measurements of both."""
        return Measured(self.figures | other.figures, self.places | other.places, self.unmeasured | other.unmeasured)


def measure(root: Path) -> Measured:
    """Measure the checkout at `root`."""
    modules = modules_of(root)
    tables = lines_of_tables(root)
    return _files(modules, tables) | _rooms(modules) | _call(root) | _functions(modules) | _habits(modules)


def _files(modules: Sequence[Module], tables: Sequence[int]) -> Measured:
    lines = [module.lines for module in modules]
    figures: dict[str, float] = {
        "files": len(modules),
        "lines": sum(lines),
        "files_over_soft_limit": sum(number > SOFT_LIMIT for number in lines),
        "files_over_hard_limit": sum(number > HARD_LIMIT for number in lines),
        "table_files": len(tables),
        "table_lines": sum(tables),
    }
    return Measured(figures, {}, {})


def _rooms(modules: tuple[Module, ...]) -> Measured:
    rooms, imports = rooms_of(modules), imports_of(modules)
    edges = frozenset((one.room, one.needs) for one in imports)
    removed = back(edges)
    figures: dict[str, float] = {
        "rooms": len(rooms),
        "floors": floors(rooms, edges - removed),
        "imports": len(edges),
        "imports_back": len(removed),
        "imports_in_cycles": len(in_cycles(edges)),
    }
    places = [f"{one.place} {one.room} -> {one.needs}" for one in sorted(imports) if one[:2] in removed]
    return Measured(figures, {"imports_back": places}, {})


def _call(root: Path) -> Measured:
    """Measure one call in a separate process, which imports the service of that checkout.

    It runs without `site`, which would find in this installed checkout whatever is missing in that one.
    """
    command = [sys.executable, "-P", "-S", call.__file__]
    path = os.pathsep.join([str(root), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        return Measured(**json.loads(done.stdout), unmeasured={})
    except subprocess.TimeoutExpired:
        return Measured({}, {}, {"call": f"no answer in {_SECONDS} s"})
    except json.JSONDecodeError:
        return Measured({}, {}, {"call": (done.stderr.strip() or "no output").splitlines()[-1]})


def _functions(modules: Sequence[Module]) -> Measured:
    found = sorted(one for module in modules for one in functions(module))
    if not found:
        return Measured({}, {}, {"functions": "no functions found"})
    lengths = [length for length, _ in found]
    figures: dict[str, float] = {
        "functions": len(found),
        "function_median": statistics.median(lengths),
        "function_p90": lengths[math.ceil(0.9 * len(lengths)) - 1],
        "function_longest": lengths[-1],
    }
    return Measured(figures, {"function_longest": [place for length, place in found if length == lengths[-1]]}, {})


def _habits(modules: Sequence[Module]) -> Measured:
    parsers = [place for module in modules if not reads_outside_text(module) for place in string_parsers(module)]
    outside = [place for module in modules if reads_outside_text(module) for place in string_parsers(module)]
    homes = [module.path for module in modules if makes_urgency(module)]
    tuples = [place for module in modules for place in unlike_tuples(module)]
    figures: dict[str, float] = {
        "string_parsers": len(parsers),
        "string_parser_modules": len({place.partition(":")[0] for place in parsers}),
        "outside_parsers": len(outside),
        "homes_of_urgency": len(homes),
        "unlike_tuples": len(tuples),
        "chart_uses": sum(map(chart_uses, modules)),
        "long_chains": sum(map(long_chains, modules)),
    }
    return Measured(figures, {"string_parsers": parsers, "homes_of_urgency": homes, "unlike_tuples": tuples}, {})
