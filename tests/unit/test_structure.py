"""`make house`: what it counts, on a small made-up product, and that it measures ours."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from bench.structure.__main__ import FIGURES, main
from bench.structure.habits import (
    READERS,
    chart_uses,
    functions,
    long_chains,
    makes_urgency,
    reads_outside_text,
    string_parsers,
    unlike_tuples,
)
from bench.structure.measure import measure
from bench.structure.rooms import back, floors, in_cycles
from bench.structure.source import Module, modules_of
from tests.parts import ROOT

LONGEST_FUNCTION = 44  # lines
# top -> middle -> bottom -> drugs -> middle: a cycle of three rooms, one of them a sub-package, below another room.
PRODUCT = {
    "cards/__init__.py": '"""Words."""\n',
    "cards/en/words.toml": "a = 1\n\nb = 2\n",
    "cds_service/__init__.py": "",
    "cds_service/clinical/__init__.py": '"""No room: it only says what the others are for."""\n',
    "cds_service/clinical/top.py": "from cds_service.clinical import middle\nimport cds_service.clinical.middle\n",
    "cds_service/clinical/middle.py": "import json\nfrom . import bottom\n",
    "cds_service/clinical/bottom.py": "def later():\n    from cds_service.clinical.drugs.dose import dose\n",
    "cds_service/clinical/drugs/__init__.py": "from cds_service.clinical.drugs import dose\n",
    "cds_service/clinical/drugs/dose.py": "from ..middle import one\nimport cds_service.rendering.texts\n",
    "cds_service/rendering/texts.py": "def first(text):\n    return text.split(':')[0]\n",
    "tests/test_none.py": "import cds_service.clinical.top\n",
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A checkout of the made-up product."""
    for name, text in PRODUCT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def module(text: str, path: str = "cds_service/rendering/one.py") -> Module:
    """A module with this text."""
    return Module(path.removesuffix(".py").replace("/", "."), path, text.count("\n"), ast.parse(dedent(text)))


def test_a_small_product_is_counted(product: Path) -> None:
    figures = measure(product).figures

    assert (4, 4, 3, 1) == tuple(figures[name] for name in ("rooms", "imports", "imports_in_cycles", "imports_back"))
    assert (9, 13) == (figures["files"], figures["lines"])
    assert (1, 3) == (figures["table_files"], figures["table_lines"])
    assert (2, 2, 2) == (figures["functions"], figures["function_median"], figures["function_longest"])
    assert (1, 1, 0) == tuple(figures[name] for name in ("string_parsers", "string_parser_modules", "homes_of_urgency"))


def test_an_entrance_with_code_is_a_room(product: Path) -> None:
    (product / "cds_service/clinical/__init__.py").write_text(
        '"""The way in."""\nfrom cds_service.clinical import top\n'
    )

    assert (5, 5) == (measure(product).figures["rooms"], measure(product).figures["imports"])


def test_the_import_that_closes_most_cycles_runs_back() -> None:
    up_and_down = frozenset(
        {("roof", "floor"), ("floor", "cellar"), ("cellar", "roof"), ("floor", "roof"), ("x", "roof")}
    )
    removed = back(up_and_down)

    assert frozenset({("roof", "floor")}) == removed
    assert 4 == len(in_cycles(up_and_down))
    assert frozenset() == in_cycles(up_and_down - removed)
    assert 3 == floors(frozenset({"roof", "floor", "cellar", "x", "alone"}), up_and_down - removed)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind, _, rest = text.partition(':')", ["partition"]),
        ("a = text.removeprefix('x').split()", ["split", "removeprefix"]),
        ("a = text.splitlines()", ["splitlines"]),
        ("a = ' (' in text", ["in"]),
        ("a = ':' not in text", ["in"]),
        ("a = re.fullmatch('x', text)", ["re.fullmatch"]),
        ("a = _PATTERN.fullmatch(text)", ["fullmatch"]),
        ("a = codes.PATTERN.sub('', text)", ["sub"]),
        ("a = server.search(text)", []),
        ("a = 'therapy' in failed", []),
        ("a = ', '.join(text)", []),
    ],
)
def test_a_string_that_is_parsed_is_found(text: str, found: list[str]) -> None:
    assert [f"cds_service/rendering/one.py:1 {how}" for how in found] == list(string_parsers(module(text)))


@pytest.mark.parametrize(
    ("path", "outside"),
    [
        ("cds_service/fhir_mapping/read/one.py", True),
        ("cds_service/rendering/words/wording.py", True),
        ("cds_service/rendering/words/one.py", False),
        ("cds_service/clinical/grading/one.py", False),
        ("cds_service/sandbox/pages/views.py", False),
        ("cds_service/decision.py", False),
    ],
)
def test_only_listed_modules_read_text_from_outside(path: str, outside: bool) -> None:
    assert outside == reads_outside_text(module("", path))


def test_every_listed_reader_exists_has_a_reason_and_takes_text_apart() -> None:
    parsing = {one.path for one in modules_of(ROOT) if any(string_parsers(one))}
    listed = [place for reader in READERS for place in reader["modules"] if not place.endswith("/")]

    assert all(reader["why"] for reader in READERS)
    assert len(listed) == len(set(listed))
    assert set() == set(listed) - parsing


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a = Urgency.INFO", True),
        ("a = urgency.Urgency.INFO.name", True),
        ("a = Urgency(indicator, reasons)", True),
        ("a = Indicator.CRITICAL", True),
        ("a = urgency.of_grade(3)", True),
        ("a = 'critical'", True),
        ("from cds_service.clinical.urgency import Urgency, of_grade", False),
        ("def a(urgency: Urgency) -> str:\n    return urgency.indicator", False),
    ],
)
def test_a_home_of_urgency_is_found(text: str, made: bool) -> None:
    assert made == makes_urgency(module(text))


def test_the_word_of_the_wire_is_no_home_outside_the_core() -> None:
    assert not makes_urgency(module("a = 'critical'", "cds_service/hooks/schemas.py"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def a() -> tuple[int, str]: ...", ["tuple[int, str]"]),
        ("def a(given: list[tuple[Drug, datetime | None]]): ...", ["tuple[Drug, datetime | None]"]),
        ("class A:\n    parts: tuple[tuple[str, int], ...] = ()", ["tuple[str, int]"]),
        ("class A:\n    def key(self) -> tuple[int, int, str]: ...", ["tuple[int, int, str]"]),
        ("def a() -> tuple[int, int]: ...", []),
        ("def a() -> tuple[str, ...]: ...", []),
        ("def _place() -> tuple[bool, int]: ...", ["tuple[bool, int]"]),
    ],
)
def test_a_tuple_of_unlike_parts_is_found(text: str, found: list[str]) -> None:
    assert found == [place.partition(" ")[2] for place in unlike_tuples(module(text))]


def test_a_tuple_that_a_library_asks_for_is_not_counted() -> None:
    text = "def _place() -> tuple[bool, int]: ...\ndef other() -> tuple[bool, int]: ..."
    path = "cds_service/rendering/status_card/suggestions.py"

    assert [f"{path}:2 tuple[bool, int]"] == list(unlike_tuples(module(text, path)))


def test_chains_are_counted_once_and_by_their_names() -> None:
    text = (
        "a = view.evaluation.chart.facts.age\nb = evaluation.chart.age\nc = call().evaluation.chart.age\nd = chart.age"
    )

    assert 3 == chart_uses(module(text))
    assert 1 == long_chains(module(text))


def test_a_function_is_as_long_as_from_its_def_to_its_end() -> None:
    text = "@cached\ndef a():\n    def b():\n        return 1\n\n    return b\n"

    assert [(2, 3), (5, 2)] == sorted(
        (lines, int(place.split(":")[1].split()[0])) for lines, place in functions(module(text))
    )


@pytest.mark.slow
def test_our_own_product_is_measured_whole() -> None:
    measured = measure(ROOT)

    assert {} == measured.unmeasured
    assert set(FIGURES) == set(measured.figures)
    assert measured.places["call_depth"][0].startswith("cds_service/hooks/")
    assert measured.figures["call_depth"] >= measured.figures["call_depth_in_modules"] > 1


def test_before_and_after_stand_beside_each_other(product: Path, tmp_path: Path) -> None:
    earlier, later = tmp_path / "earlier.json", tmp_path / "later.json"
    earlier.write_text(_run("--root", str(product), "--json"))
    (product / "cds_service/clinical/drugs/dose.py").write_text("")
    later.write_text(_run("--root", str(product), "--json"))
    shown = _run("--before", str(earlier), "--after", str(later))

    assert [] == [label for label in FIGURES.values() if label not in shown]
    assert ["1", "0"] == _row(shown, FIGURES["imports_back"])
    assert ["-", "-"] == _row(shown, FIGURES["call_depth"])
    assert "Not measured: call: ModuleNotFoundError: No module named 'cds_service.app'" in shown
    assert json.loads(earlier.read_text())["places"]["imports_back"]


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert 0 == result.exit_code
    return result.output


def _row(shown: str, label: str) -> list[str]:
    line = next(line for line in shown.splitlines() if label in line)
    return line.partition(label)[2].replace("│", " ").split()


def test_the_service_keeps_what_record_0015_says() -> None:
    modules = modules_of(ROOT)

    assert [] == [place for one in modules if not reads_outside_text(one) for place in string_parsers(one)]
    assert [] == [place for one in modules for place in unlike_tuples(one)]
    assert [] == [place for one in modules for lines, place in functions(one) if lines > LONGEST_FUNCTION]
    assert ["cds_service/clinical/status/urgency.py"] == [one.path for one in modules if makes_urgency(one)]
