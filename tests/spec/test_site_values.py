"""docs/site-file.md explains every key and every value of a site file."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.cli import commands
from cds_service.clinical.advice.profile import STATES as KNOWN_STATES
from cds_service.clinical.tables.advice import Regimen, Row
from cds_service.clinical.tables.next_dose import NextDose
from cds_service.clinical.tables.provenance import Edition
from cds_service.fhir_mapping.write.resources import ROUTES
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.knowledge.rows import CRS, vocabulary_of
from tests.documents import fences, read, rows
from tests.spec.site_values import ACTIONS, DOCUMENT, OTHERS, STATES, document, values_of


def test_the_tables_match_the_code() -> None:
    assert document() == read(DOCUMENT), "run `make docs`"


@pytest.mark.parametrize(
    ("kind", "header", "more"),
    [
        (Row, "key of a row", {"verified", "source", "published", "checked", "review_by"} - {"provenance"}),
        (Regimen, "key of a regimen", set()),
        (NextDose, "key of `next_dose`", set()),
    ],
)
def test_every_key_is_explained(kind: type, header: str, more: set[str]) -> None:
    explained = [key for cells in rows(read(DOCUMENT), header) for key in re.findall(r"`([^`]+)`", cells[0])]

    assert sorted({field.name for field in fields(kind)} - {"provenance"} | more) == sorted(explained)


def test_every_key_of_an_edition_is_named_and_checked_is_optional() -> None:
    (cell,) = [line for line in read(DOCUMENT).splitlines() if line.startswith("| `[edition]`")]

    assert {field.name for field in fields(Edition)} <= set(re.findall(r"`([^`]+)`", cell))
    assert "`checked` may be left out" in cell


def test_every_value_has_a_text(knowledge: Knowledge) -> None:
    vocabulary = vocabulary_of(knowledge.protocol, knowledge.terminology, knowledge.wording)
    values = values_of(vocabulary)

    assert set(KNOWN_STATES) == set(STATES) == set(values["only"])
    assert set(CRS) == set(OTHERS["crs"])
    assert set(ROUTES) == set(OTHERS["route"])
    assert vocabulary.of("condition") == set(values["condition"])
    assert vocabulary.of("then") == set(values["then"])
    assert vocabulary.of("action") | set(ACTIONS) == set(values["action"])


@pytest.mark.slow
def test_the_complete_protocol_in_the_document_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(fences(read(DOCUMENT), "toml")[1])

    result = CliRunner().invoke(commands, ["check", "--guideline", str(file)])

    assert 0 == result.exit_code, result.output
    assert "ok     site.toml: 10 rows" in result.output
    (protocol,) = load_knowledge(Choices(guideline=(file,))).site.protocols
    assert {1, 2, 3, 4} == {grade for row in protocol.row for grade in row.icans}
    assert protocol.edition.checked is None
