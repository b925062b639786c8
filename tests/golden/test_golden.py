"""The cards of the sandbox patients are the reviewed ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.stories import FOLDER, golden_files

EXPECTED = dict(golden_files())


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name)
def test_a_patients_cards_are_as_reviewed(path: Path) -> None:
    assert EXPECTED[path] == path.read_text(encoding="utf-8"), "run `make golden` and review the diff"


def test_there_are_no_other_golden_files() -> None:
    assert set(EXPECTED) == set(FOLDER.iterdir())
