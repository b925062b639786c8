"""The documents are correct: settings, commands, examples and links."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.cases.case import Case, Expected, read_cases
from cds_service.checks.clients import check_clients
from cds_service.checks.site import check_site
from cds_service.checks.specification import check_file
from cds_service.cli import commands
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.urgency import Row
from cds_service.fhir_mapping.data_requirements import requirements_of
from cds_service.hooks import SERVICES
from cds_service.knowledge import Knowledge
from cds_service.settings import PREFIX, Settings
from tests.cli.test_serve import address, serving
from tests.documents import README, anchors, dangling, documents, fences, read, rows
from tests.parts import PARTS, ROOT

CASES, RECORDS = ROOT / "docs" / "cases.md", ROOT / "docs" / "adr"
TARGETS = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
_ENDINGS = (".py", ".toml", ".json", ".csv", ".md")
SERVICE, HAPI = "http://127.0.0.1:8000", "http://127.0.0.1:8080/fhir"
GUIDES = sorted((ROOT / "docs" / "integrate").glob("*.md"))
EXAMPLE = re.compile(r"^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
EXAMPLES = [example for page in (README, *GUIDES) for example in EXAMPLE.findall(read(page))]
CALLS = [(command, output) for command, output in EXAMPLES if "curl" in command]
# Commands of the guides that end by themselves.
ENDS = re.compile(r"^\.venv/bin/icans-cds ((?:prefetch|concepts).*)$", re.MULTILINE)
CLIENTS, SITE = "clients.toml", "site.toml"


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_broken(path: Path) -> None:
    assert [] == dangling(path)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` (c)\n[1](#a-b-c) [2](#d) [3](other.md) [4](https://example.org) [5](page.md#a-b-c)\n")

    assert ["#d", "other.md"] == dangling(page)
    assert {"a-b-c"} == anchors(read(page))


def test_every_setting_is_in_the_readme() -> None:
    expected = [_row(field.name, getattr(Settings(), field.name)) for field in fields(Settings)]

    assert expected == [cells[:3] for cells in rows(read(README), "variable")]
    assert all(cells[3] for cells in rows(read(README), "variable"))


def test_every_option_of_the_command_is_in_the_readme() -> None:
    options = {option for parameter in commands.commands["serve"].params for option in parameter.opts}

    assert options == {cells[1].strip("`") for cells in rows(read(README), "variable")}


def _row(name: str, default: object) -> list[str]:
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return [
        f"`{PREFIX}{name.upper()}`",
        f"`--{name.replace('_', '-')}`",
        "none" if default in ("", ()) else f"`{shown}`",
    ]


@pytest.mark.requirement("hooks:X4")
def test_every_prefetch_key_is_in_the_readme(knowledge: Knowledge) -> None:
    explained = [key for cells in rows(read(README), "prefetch key") for key in re.findall(r"`([^`]+)`", cells[0])]

    assert sorted(
        requirement.key
        for requirement in requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record)
    ) == sorted(explained)


def test_every_part_of_the_tests_is_in_the_readme() -> None:
    assert sorted(PARTS) == sorted(cells[0].strip("`") for cells in rows(read(README), "part"))


def test_continuous_integration_skips_no_part() -> None:
    named = re.search(r"ICANS_TEST_REQUIRE:-([\w,]+)", read(ROOT / ".ci" / "run"))
    on_github = re.search(r"ICANS_TEST_REQUIRE: ([\w,]+)", read(ROOT / ".github" / "workflows" / "ci.yml"))

    assert named
    assert sorted(PARTS) == sorted(named[1].split(","))
    assert on_github
    assert {"data"} == set(PARTS) - set(on_github[1].split(","))


def test_every_file_in_where_to_change_what_exists() -> None:
    table = " ".join(cells[1] for cells in rows(read(README), "change"))

    assert _files(table)
    assert [] == [path for path in _files(table) if not (ROOT / path).exists()]


def test_a_file_named_without_its_folder_is_found() -> None:
    assert ["score.py", "grading/astct.toml", "cards/en/"] == _files(
        "`score.py`, `_score`, `grading/astct.toml`, `[asks]`, `cards/en/`, `cards/<language>/a.toml`, `make golden`"
    )


def _files(text: str) -> list[str]:
    """What a text names as a file or folder: code with a slash, or with the ending of one of our files."""
    code = [word for word in re.findall(r"`([^`]+)`", text) if not re.search(r"[<\s]", word)]
    return [word for word in code if "/" in word.removeprefix(".venv/bin/") or word.endswith(_ENDINGS)]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_row_of_table_u_and_every_ask_that_is_cited_exists(path: Path) -> None:
    assert [] == _unknown_codes(read(path))


def test_a_cited_row_or_ask_that_does_not_exist_is_found() -> None:
    assert ["U:crs-floor", "Q23", "U:Q9"] == _unknown_codes("U:crs-3, U:crs-floor, Q1 to Q23, `U:Q9`, FAQ9, Q22")


def _unknown_codes(text: str) -> list[str]:
    """The codes of urgency and of asks in a text that the service does not have: "U:exact-9", "Q99"."""
    known = {*(row.rule for row in Row), *(code.rule for code in AskCode)}
    return [code for code in re.findall(r"\bU:[A-Za-z][\w-]*|\bQ\d+\b", text) if code not in known]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_exists(path: Path) -> None:
    code = [*re.findall(r"`([^`\n]+)`", read(path)), *"\n".join(fences(read(path), "sh")).splitlines()]

    assert [] == [line for line in code if not _exists(line.split())]


def _exists(words: list[str]) -> bool:
    """Whether the target, command and options in a line exist; true if it is none of our commands."""
    words = [word for word in words if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    if words[:1] == ["make"]:
        return set(words[1:]) <= TARGETS
    if not words or words[0].rpartition("/")[2] != "icans-cds":
        return True
    command = commands.commands.get(words[1]) if len(words) > 1 else None
    options = {option for parameter in command.params for option in parameter.opts} if command else set()
    return command is not None and {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("make demo PORT=8010", True),
        ("ICANS_TEST_REQUIRE=hapi make test", True),
        ("make cheese", False),
        (".venv/bin/icans-cds serve --demo", True),
        ("icans-cds serve --deamon", False),
        ("icans-cds dance", False),
        ("curl -s x", True),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, expected: bool) -> None:
    assert expected == _exists(line.split())


def test_commands_are_written_as_they_are_typed_in_a_checkout() -> None:
    typed = [path for path in documents() if path.parent in (ROOT, ROOT / "docs") and path.name != "CHANGELOG.md"]
    bare = re.compile(r"(?:^|`)(?:[A-Z_]+=\S+ )*((?:icans-cds|python -m) [a-z]\S*)", re.MULTILINE)

    assert [] == [(path.name, command) for path in typed for command in bare.findall(read(path))]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The service as `make demo` starts it."""
    with serving("--demo") as (_, line):
        yield address(line)


@pytest.mark.parametrize(("command", "output"), CALLS)
def test_the_calls_of_the_readme_and_the_guides_work(demo: str, command: str, output: str) -> None:
    here = command.replace(HAPI, f"{demo}/fhir").replace(SERVICE, demo)

    done = subprocess.run(["sh", "-c", here], capture_output=True, text=True, timeout=60, check=True)

    assert "" == _not_shown(output, done.stdout)
    assert ("OperationOutcome" in output) == ("OperationOutcome" in done.stdout)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_files_and_the_commands_of_the_guides_work(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for content in fences(read(page), "toml"):
        (tmp_path / (CLIENTS if "[[client]]" in content else SITE)).write_text(content)
    reports = [check_clients(file, SERVICES) for file in tmp_path.glob(CLIENTS)]
    reports += [check_site(file, date(2026, 9, 1)) for file in tmp_path.glob(SITE)]
    assert [] == [fault for report in reports for fault in report.problems]
    for command in ENDS.findall(read(page)):
        assert 0 == CliRunner().invoke(commands, command.split(), env={}).exit_code, command


def test_the_guide_leads_from_an_unknown_code_to_a_card(tmp_path: Path) -> None:
    page = read(ROOT / "docs" / "integrate" / "map-your-codes.md")
    (tmp_path / SITE).write_text("".join(fences(page, "toml")))
    command = next(one for one in fences(page, "sh") if "curl" in one)

    with serving("--demo", "--guideline", str(tmp_path / SITE)) as (_, line):
        here = command.replace(SERVICE, address(line))
        done = subprocess.run(["sh", "-c", here], capture_output=True, text=True, timeout=60, check=True)

    answer = json.loads(done.stdout)
    assert "notUnderstood" not in answer["extension"]["example.icans-cds.evaluation"]["dataUse"]
    assert "ICANS" in answer["cards"][0]["summary"]
    assert "ICE 5" in answer["cards"][0]["summary"]


def test_every_guide_can_be_found_from_the_readme() -> None:
    assert [] == [page.name for page in GUIDES if f"docs/integrate/{page.name}" not in read(README)]


def test_the_readme_has_calls_and_a_missing_line_is_found() -> None:
    assert 5 <= len(CALLS)
    assert "the second" == _not_shown("the first ...\n...\nthe second", "  the first, and more\n  the third")


def _not_shown(output: str, actual: str) -> str:
    """The first line of an example that is missing from the actual output; `...` matches anything."""
    lines = iter(line.strip() for line in actual.splitlines())
    for line in filter(None, (line.strip().removesuffix("...").rstrip() for line in output.splitlines())):
        if not any(one.startswith(line) for one in lines):
            return line
    return ""


def test_the_example_of_a_case_file_passes(tmp_path: Path, knowledge: Knowledge) -> None:
    file = tmp_path / "unit.cases.toml"
    file.write_text("".join(fences(read(CASES), "toml")))

    assert 3 == len(read_cases(file).case)
    assert () == check_file(file, knowledge).problems


@pytest.mark.parametrize(("kind", "chapter"), [(Case, "What is on record"), (Expected, "What is expected")])
def test_every_key_of_a_case_is_explained(kind: type, chapter: str) -> None:
    table = rows(read(CASES).partition(f"## {chapter}")[2], "key")
    explained = [key for cells in table for key in re.findall(r"`([^`]+)`", cells[0])]

    assert sorted(field.name for field in fields(kind)) == sorted(explained)


def test_every_decision_record_is_in_the_index() -> None:
    index = read(RECORDS / "README.md")

    for path in sorted(RECORDS.glob("0*.md")):
        title = read(path).partition("\n")[0].removeprefix("# ")
        assert f"[{title[:4]}]({path.name}) | {title[5:]} |" in index


def test_the_picture_is_small() -> None:
    assert (ROOT / "docs" / "images" / "card.png").stat().st_size < 250_000
