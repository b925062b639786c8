"""What a card cites is the edition in force, found by its body and its row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.clinical.tables.guideline import Table
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge
from cds_service.knowledge.sources import load_sources
from tests.parts import ROOT

TEXT = "alerts.source.tocilizumab-without-crs"


def cited(tmp_path: Path, tables: dict[str, Table], *citations: str) -> str:
    """What fills $source of a text that cites these."""
    file = tmp_path / "sources.toml"
    file.write_text(f'["{TEXT}"]\nsource = [{", ".join(citations)}]\n')
    return load_sources(tables, file)[TEXT]["source"]


@pytest.fixture
def tables(knowledge: Knowledge) -> dict[str, Table]:
    """Some tables by body."""
    rules = knowledge.protocol.rules
    asco = knowledge.protocol.management[0]
    return {"asco": asco, "evidence_refractory": rules.refractory, "fludarabine_us": rules.risk.fludarabine}


@pytest.mark.parametrize(
    ("citations", "expected"),
    [
        (['{ body = "asco" }'], "ASCO 2021"),
        (['{ body = "asco", row = "tocilizumab" }'], "ASCO 2021"),
        (['{ body = "evidence_refractory", row = "anakinra" }'], "Santomasso, Gust, Perna, Blood 2023 (PMC10329188)"),
        (['{ body = "fludarabine_us", row = "dose" }'], "Moffitt series, PMC9791940"),
        (['{ body = "asco" }', '{ body = "fludarabine_us" }'], "ASCO 2021; US labels, text of July 2026"),
    ],
)
def test_the_edition_is_named_or_what_the_row_says_itself(
    tmp_path: Path, tables: dict[str, Table], citations: list[str], expected: str
) -> None:
    assert expected == cited(tmp_path, tables, *citations)


def test_another_edition_in_force_is_named_instead(tmp_path: Path, tables: dict[str, Table]) -> None:
    asco = tables["asco"]
    newer = tables | {"asco": replace(asco, edition=replace(asco.edition, label="ASCO 2026"))}

    assert "ASCO 2026" == cited(tmp_path, newer, '{ body = "asco" }')


@pytest.mark.parametrize(
    ("citation", "why"),
    [
        ('{ body = "ebmt" }', "sources.toml: 'ebmt' is none of asco, evidence_refractory, fludarabine_us"),
        ('{ body = "asco", row = "bloodletting" }', "sources.toml: asco-2021 has no row 'bloodletting'"),
        ('{ body = "fludarabine_us", row = "edition" }', "has no row 'edition'"),
        ('{ body = "asco", rows = "x" }', "sources.toml: not understood"),
    ],
)
def test_a_source_that_there_is_not_is_refused(
    tmp_path: Path, tables: dict[str, Table], citation: str, why: str
) -> None:
    with pytest.raises(KnowledgeError, match=why):
        cited(tmp_path, tables, citation)


def test_the_words_of_a_card_leave_the_name_to_the_edition(knowledge: Knowledge) -> None:
    assert "ICANS CDS: $source grading" in (ROOT / "cards" / "en" / "status.toml").read_text()
    assert "ICANS CDS: ASTCT 2019 grading" == knowledge.wording.say("status.card.source")
    assert "Source: ICANS CDS rules 2026, D3 and G3." == knowledge.wording.say("alerts.source.cart-without-baseline")
