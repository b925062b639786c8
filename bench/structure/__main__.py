"""Print figures about the structure of the code: python -m bench.structure."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.structure.measure import HARD_LIMIT, SOFT_LIMIT, Measured, measure

REPOSITORY = Path(__file__).parents[2]
# Of commit 5c44628, the last one before the work that record 0015 tells of; measured with today's script.
BEFORE = Path(__file__).with_name("before.json")
FIGURES = {
    "rooms": "clinical/: rooms (modules or sub-packages)",
    "floors": "clinical/: floors (longest chain of imports, none back)",
    "imports": "clinical/: imports between rooms",
    "imports_back": "clinical/: imports that go back",
    "imports_in_cycles": "clinical/: imports in cycles",
    "files": "product: Python files",
    "lines": "product: lines of Python",
    "files_over_soft_limit": f"product: files over {SOFT_LIMIT} lines",
    "files_over_hard_limit": f"product: files over {HARD_LIMIT} lines",
    "table_files": "product: TOML files",
    "table_lines": "product: lines of TOML",
    "call_depth": "one patient-view call: depth in functions",
    "call_depth_in_modules": "one patient-view call: depth in modules",
    "call_modules": "one patient-view call: modules entered",
    "functions": "functions: number",
    "function_median": "functions: median of their lines",
    "function_p90": "functions: 90th percentile of their lines",
    "function_longest": "functions: lines of the longest",
    "string_parsers": "strings parsed between layers: places",
    "string_parser_modules": "strings parsed between layers: modules",
    "outside_parsers": "strings from outside (readers.toml): places that parse them",
    "homes_of_urgency": "homes of urgency (modules that make one)",
    "unlike_tuples": "tuples of unlike parts in signatures and fields",
    "chart_uses": "uses of evaluation.chart",
    "long_chains": "chains of four or more names (a.b.c.d)",
}


@click.command()
@click.option(
    "--root", default=REPOSITORY, type=click.Path(exists=True, path_type=Path), help="the checkout to measure"
)
@click.option("--json", "as_json", is_flag=True, help="print JSON, for --before of a later run")
@click.option(
    "--before",
    default=BEFORE,
    type=click.Path(exists=True, path_type=Path),
    help="JSON of an earlier run, shown beside; by default of the commit before the rooms were built",
)
@click.option(
    "--after", type=click.Path(exists=True, path_type=Path), help="JSON of another run, shown instead of measuring"
)
def main(*, root: Path, as_json: bool, before: Path, after: Path | None) -> None:
    """Measure the structure of the code. The docstrings in `bench/structure/` say exactly what each figure counts."""
    now = _read(after) if after else measure(root.resolve())
    if as_json:
        click.echo(json.dumps(now._asdict(), indent=2))
        return
    console = Console(highlight=False)
    console.print(_table(_read(before), now))
    for name, places in now.places.items():
        console.print(f"\n{FIGURES[name]}", style="bold")
        console.print("\n".join(places) or "none", markup=False, soft_wrap=True)
    for what, why in now.unmeasured.items():
        console.print(f"\nNot measured: {what}: {why}", markup=False, soft_wrap=True)


def _read(file: Path) -> Measured:
    return Measured(**json.loads(file.read_text(encoding="utf-8")))


def _table(before: Measured, now: Measured) -> Table:
    table = Table("", "before", "now")
    for name, label in FIGURES.items():
        table.add_row(label, _shown(before, name), _shown(now, name))
    return table


def _shown(measured: Measured, name: str) -> str:
    return f"{measured.figures[name]:g}" if name in measured.figures else "-"


if __name__ == "__main__":
    main()
