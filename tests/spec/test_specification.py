"""The specification in docs/ is what the cases say."""

from __future__ import annotations

from tests.spec.chapters import DOCUMENT, specification


def test_the_document_is_current() -> None:
    assert specification() == DOCUMENT.read_text(encoding="utf-8"), "run `make docs`"
