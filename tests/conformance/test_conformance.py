"""docs/conformance.md is complete and current."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conformance.checklist import Proof, Requirement, Section, mistakes, sections
from tests.conformance.document import conformance
from tests.parts import ROOT

PROOF = Proof("tests/blackbox/test_x.py", "test_a_card_is_a_card")
INSIDE = Proof("tests/hooks/test_x.py", "test_a_card_is_a_card")
NOBODY = "hooks:{}: no test calls the started service for it"
ENTRIES = (Section("Cards", (Requirement("C1", "MUST", "a card"), Requirement("C2", "MAY", "none", "Not done."))),)


def test_every_requirement_is_proven_from_outside_and_the_document_says_how() -> None:
    command = [sys.executable, "-m", "tests.conformance.write", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)

    assert (0, "") == (done.returncode, done.stderr)


def test_ids_are_unique() -> None:
    ids = [entry.id for section in sections() for entry in section.requirement]

    assert len(ids) == len(set(ids)) == 84


@pytest.mark.parametrize(
    ("proven", "expected"),
    [
        ({"hooks:C1": (INSIDE, PROOF), "hooks:C2": (PROOF,)}, []),
        ({}, [NOBODY.format("C1"), NOBODY.format("C2")]),
        ({"hooks:C1": (INSIDE,), "hooks:C2": (PROOF,)}, [NOBODY.format("C1")]),
        ({"hooks:C1": (PROOF,), "hooks:C2": (PROOF,), "hooks:C9": (PROOF,)}, ["hooks:C9: no such requirement"]),
        ({"C1": (PROOF,), "hooks:C2": (PROOF,)}, ["C1: no such requirement", NOBODY.format("C1")]),
    ],
)
def test_missing_proofs_and_unknown_requirements_are_named(
    proven: dict[str, tuple[Proof, ...]], expected: list[str]
) -> None:
    assert expected == list(mistakes(ENTRIES, proven))


def test_a_line_links_the_tests_and_gives_the_note() -> None:
    lines = conformance(ENTRIES, {"hooks:C1": (PROOF,)}).splitlines()

    assert "| C1 | MUST | a card | [a card is a card](../tests/blackbox/test_x.py) |" in lines
    assert "| C2 | MAY | none | *Not done.* |" in lines
