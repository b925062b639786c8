"""icans-cds check lists the tables that lack a product, and with --product what each table has for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.checks.products import check_product, check_products, entries
from cds_service.cli import commands
from cds_service.clinical.tables.guideline import Product
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge

SITE = """
[product.trial-cell]
name = "trial autoleucel"
short = "trial-cel"
therapy_class = "CAR-T"
single_infusion = true
codes = [["https://mercy.example/drugs", "TRIAL-1"]]
"""


def test_only_a_product_that_a_table_lacks_is_listed(knowledge: Knowledge) -> None:
    report = check_products(knowledge)

    lines = {line.partition(":")[0]: line for line in report.notes}
    assert () == report.problems
    assert "lisocabtagene-maraleucel" not in lines
    assert "tebentafusp: not in labels of eu, labels of us" == lines["tebentafusp"]
    assert "tarlatamab: not in labels of eu" == lines["tarlatamab"]
    assert "obecabtagene-autoleucel: not in labels of us (advice by grade)" == lines["obecabtagene-autoleucel"]
    assert f"19, {len(lines)} of them not in every table" == report.seen


@pytest.mark.parametrize(
    ("therapy_class", "single_infusion", "expected"),
    [
        ("CAR-T", True, ["fludarabine doses", "co-stimulation (risk)"]),
        ("TCR-T", True, ["fludarabine doses"]),
        ("T-cell engager", False, []),
    ],
)
def test_a_product_in_the_list_alone_is_missing_from_each_table_for_its_class(
    knowledge: Knowledge, therapy_class: str, single_infusion: bool, expected: list[str]
) -> None:
    product = Product("made up", "made-up", therapy_class, single_infusion=single_infusion)
    rules = knowledge.protocol.rules
    drugs = replace(rules.drugs, products={"made-up": product})
    known = replace(knowledge, protocol=knowledge.protocol._replace(rules=replace(rules, drugs=drugs)))

    found = [entry.table for entry in entries("made-up", known) if not entry.known]

    assert ["value set", "labels of eu", "labels of us", *expected] == found


def test_one_product_is_listed_by_its_name_or_its_short_name() -> None:
    runner = CliRunner()

    result = runner.invoke(commands, ["check", "--product", "obe-cel"])

    assert 0 == result.exit_code
    assert result.output == runner.invoke(commands, ["check", "--product", "obecabtagene-autoleucel"]).output
    assert [
        "ok     obecabtagene-autoleucel: obecabtagene autoleucel (obe-cel), CAR-T",
        "value set: 3 codes",
        "labels of eu: Aucatzyl",
        "labels of eu (advice by grade): 5 rows",
        "labels of eu (discharge): checks, staying near",
        "labels of eu (next dose): 2 rows",
        "labels of us: Aucatzyl",
        "labels of us (advice by grade): nothing",
        "labels of us (discharge): checks, staying near, driving",
        "labels of us (next dose): 2 rows",
        "fludarabine doses: 30 mg/m2 x 4 d",
        "co-stimulation (risk): 4-1BB",
    ] == [line.strip() for line in result.output.splitlines()]


def test_a_sites_own_product_can_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(SITE)

    result = CliRunner().invoke(commands, ["check", "--guideline", str(file), "--product", "trial-cel"])

    assert "ok     trial-cell: trial autoleucel (trial-cel), CAR-T\n       value set: 1 code\n" in result.output
    assert "co-stimulation (risk): nothing" in result.output


def test_an_unknown_product_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError, match="no product 'snake-oil'; known products: axicabtagene-ciloleucel, "):
        check_product("snake-oil", knowledge)
