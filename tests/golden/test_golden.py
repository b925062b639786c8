"""The cards of the sandbox patients are the reviewed ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.golden.stories import FOLDER, golden_files

FEW_WORDS = 7  # a source has as many
EXPECTED = dict(golden_files())


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name)
def test_a_patients_cards_are_as_reviewed(path: Path) -> None:
    assert EXPECTED[path] == path.read_text(encoding="utf-8"), "run `make golden` and review the diff"


@pytest.mark.parametrize("path", [path for path in EXPECTED if path.suffix == ".json"], ids=lambda path: path.stem)
def test_no_sentence_is_in_both_files_of_a_patient(path: Path) -> None:
    """Resources keep their texts: they are what an EHR stores."""
    read = re.sub(r"\s+", " ", re.sub(r"\\(.)", r"\1", EXPECTED[path.with_suffix(".md")])).replace("**", "")

    assert [] == [text for text in _sentences(json.loads(EXPECTED[path])) if text in read]


def _sentences(value: Any) -> Iterator[str]:
    """The strings of more than a few words, other than those of FHIR resources."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from () if name == "resource" else _sentences(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sentences(inner)
    elif isinstance(value, str) and len(value.split()) > FEW_WORDS:
        yield value


def test_there_are_no_other_golden_files() -> None:
    assert set(EXPECTED) == set(FOLDER.iterdir())
