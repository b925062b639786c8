"""icans-cds concepts: every name that a site file takes."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cds_service.cli import commands
from cds_service.knowledge import Knowledge
from cds_service.knowledge.concepts import mappable
from cds_service.knowledge.terminology import packaged_concepts

SITE = """
[product.car-19-of-a-trial]
name = "CAR-19 of the EXAMPLE trial"
short = "CAR-19 (trial)"
therapy_class = "CAR-T"
single_infusion = true
codes = [["https://hospital.example/formulary", "CART-007"]]
"""


def test_every_name_that_codes_take_is_listed_with_its_meaning(knowledge: Knowledge) -> None:
    concepts = knowledge.terminology.concepts
    looked_for = {name for group in concepts.observations.values() for name in group}

    found = {one.name: one for one in mappable(knowledge)}

    assert (looked_for | packaged_concepts()) - {"local-routes", "intrathecal-routes"} == set(found)
    assert [] == [one for one in found.values() if not one.meaning]


def test_how_a_value_is_read_is_told(knowledge: Knowledge) -> None:
    read = {one.name: (one.group, one.value) for one in mappable(knowledge)}

    assert {
        "ice-total": ("scores", "0 to 10"),
        "developmental-delay": ("scores", "true, false"),
        "avpu": ("neuro", "A, C, V, P, U"),
        "body-temperature": ("vitals", "in Cel"),
        "propofol": ("drugs", "sedatives"),
        "tisagenlecleucel": ("drugs", "CAR-T"),
        "stroke": ("diagnoses", ""),
    }.items() <= read.items()


def test_the_list_is_printed_by_group() -> None:
    result = CliRunner().invoke(commands, ["concepts"])

    assert 0 == result.exit_code, result.output
    headings = [line for line in result.output.splitlines() if not line.startswith(" ")]
    assert ["scores:", "neuro:", "vitals:", "labs:", "drugs:", "diagnoses:"] == headings
    assert "  rass " in result.output
    assert "Richmond Agitation-Sedation Scale (-5 to 4)" in result.output


def test_products_of_the_site_are_listed_too(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE)

    result = CliRunner().invoke(commands, ["concepts", "--json", "--guideline", str(site)])

    (trial,) = [one for one in json.loads(result.output) if one["name"] == "car-19-of-a-trial"]
    assert {
        "group": "drugs",
        "name": "car-19-of-a-trial",
        "meaning": "CAR-19 of the EXAMPLE trial",
        "value": "CAR-T",
    } == trial
