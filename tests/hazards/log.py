"""docs/hazards.md: what could harm a patient, the controls against it, and the proof that they work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cds_service.cases.case import Case
from cds_service.checks.specification import packaged_cases
from cds_service.knowledge.tables import read_table
from tests.parts import PARTS, ROOT
from tests.spec.rows import case_anchor, plain

TABLE, DOCUMENT, TESTS = Path(__file__).with_name("hazards.toml"), ROOT / "docs" / "hazards.md", ROOT / "tests"
SPECIFICATION, MANY = "clinical-specification.md", 5
HEAD = """# Hazards

What could harm a patient, how it could happen, the controls against it, and what proves that they work. Written by
`make docs` from `tests/hazards/hazards.toml`; a control that is proven by no case and no test fails the tests. Severity
ranges from 1 (a nuisance) to 5 (death). A site's clinical owner judges it and the residual risk, and adds the site's
own hazards before the service is used. A proof is a case of [clinical-specification.md](clinical-specification.md) or a
test; all of them run at every change.

| id | hazard | how it could happen | severity |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Control:
    """A measure against a hazard, with the rules whose cases prove it and the tests (file::function)."""

    text: str
    rules: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hazard:
    """What could harm a patient, and how."""

    id: str
    hazard: str
    cause: str
    severity: int
    control: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class _Log:
    hazard: tuple[Hazard, ...]


def read_log() -> tuple[Hazard, ...]:
    """Read the table. Raises KnowledgeError, which says where a mistake is."""
    return read_table(TABLE, _Log).hazard


def document(log: tuple[Hazard, ...]) -> str:
    """Return the document."""
    overview = (f"| [{one.id}](#{one.id.lower()}) | {one.hazard} | {one.cause} | {one.severity} |" for one in log)
    return HEAD + "\n".join([*overview, *(line for one in log for line in _chapter(one))]) + "\n"


def cases_for(hazard: Hazard, control: Control) -> list[Case]:
    """The cases marked with the hazard and one of the control's rules."""
    return [case for case in _cases() if hazard.id in case.hazard and set(control.rules) & set(case.rules)]


def unproven(hazard: Hazard, control: Control) -> list[str]:
    """The proofs of a control that do not count: a rule without a case for the hazard, a test that does not exist."""
    proven = {rule for case in cases_for(hazard, control) for rule in case.rules}
    return [one for one in control.rules if one not in proven] + [one for one in control.tests if not is_collected(one)]


def is_collected(test: str) -> bool:
    """Whether the test function exists."""
    file, _, name = test.partition("::")
    return name.startswith("test_") and name in _functions(TESTS / file)


def runs_everywhere(test: str) -> bool:
    """Whether the test needs only Python; a run may skip tests that need more (tests/parts.py)."""
    text = (TESTS / test.partition("::")[0]).read_text(encoding="utf-8")
    return not any(f"pytestmark = pytest.mark.{part}\n" in text for part in PARTS)


def _chapter(one: Hazard) -> Iterator[str]:
    yield from ("", f"## {one.id}", "", f"{one.hazard}.", "")
    for control in one.control:
        yield f"- {control.text[:1].upper()}{control.text[1:]}. Proven by:"
        yield from (f"  {line}".rstrip() for line in _proofs(one, control))


def _proofs(one: Hazard, control: Control) -> Iterator[str]:
    """A list of links to tests and cases; a long list of cases is collapsed."""
    for file, _, name in (test.partition("::") for test in control.tests):
        yield f"- [{name.removeprefix('test_').replace('_', ' ')}](../tests/{file})"
    links = [f"- [{plain(case.name)}]({SPECIFICATION}#{case_anchor(case)})" for case in cases_for(one, control)]
    if len(links) <= MANY:
        yield from links
        return
    yield f"- <details><summary>{len(links)} cases of {', '.join(control.rules)}</summary>"
    yield from ("", *(f"  {link}" for link in links), "", "  </details>")


@cache
def _cases() -> list[Case]:
    return packaged_cases()


@cache
def _functions(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
