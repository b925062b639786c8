"""The specification in docs/ matches the cases."""

from __future__ import annotations

from cds_service.checks.specification import packaged_cases
from tests.spec import attributes
from tests.spec.chapters import DOCUMENT, specification
from tests.spec.provenance import TITLE, packaged_tables


def test_the_document_is_current() -> None:
    assert specification() == DOCUMENT.read_text(encoding="utf-8"), "run `make docs`"


def test_every_case_has_a_row() -> None:
    cases, _, rows = DOCUMENT.read_text(encoding="utf-8").partition(f"## {TITLE}")
    lines = [line for line in cases.splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.startswith("| case |")]

    assert len(packaged_cases()) == len(lines) - len(heads)
    assert all(f"(`{table.edition.id}`)" in rows for table in packaged_tables())


def test_the_source_attributes_are_current() -> None:
    assert attributes.document() == attributes.DOCUMENT.read_text(encoding="utf-8"), "run `make docs`"
