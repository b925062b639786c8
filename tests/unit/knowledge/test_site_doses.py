"""A dose in a site's own protocol is refused only if it is far above every verified dose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.checks.site import check_site
from cds_service.cli import commands
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.knowledge.editions import load_labels, regions
from cds_service.knowledge.plausibility import highest_verified
from tests.documents import fences, read
from tests.parts import ROOT

DOCUMENT = ROOT / "docs" / "site-file.md"
TODAY = date(2026, 11, 1)
EDITION = fences(read(DOCUMENT), "toml")[0].partition("[edition]")[2].partition("[[row]]")[0]


@pytest.fixture
def protocol(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a protocol of one row with this regimen."""

    def write(regimen: str) -> Path:
        file = tmp_path / "site.toml"
        row = f'[[row]]\naction = "corticosteroid"\nicans = [3]\ncrs = "with"\nregimens = [{{ {regimen} }}]\n'
        file.write_text(f"[edition]{EDITION}{row}")
        return file

    return write


# Highest verified: dexamethasone 20 mg, 80 mg in 24 h; methylprednisolone 2,000 mg, 2,000 mg in 24 h, 2 mg/kg,
# 4 mg/kg in 24 h; tocilizumab 800 mg; hydrocortisone 50 mg and methotrexate 12 mg intrathecally.
@pytest.mark.parametrize(
    ("regimen", "refused"),
    [
        ('drug = "dexamethasone", mg = [40], route = "IV"', ""),
        ('drug = "dexamethasone", mg = [40.5], route = "IV"', "dexamethasone: 40.5 mg IV at a time"),
        ('drug = "dexamethasone", mg = [10, 100], route = "IV"', "dexamethasone: 100 mg IV at a time"),
        ('drug = "dexamethasone", mg = [100], route = "IV", every_hours = [6]', "dexamethasone: 400 mg IV in 24 h"),
        ('drug = "dexamethasone", mg = [40], route = "IV", every_hours = [6]', ""),
        ('drug = "dexamethasone", mg = [40], route = "IV", every_hours = [4, 6]', "dexamethasone: 240 mg IV in 24 h"),
        ('drug = "dexamethasone", mg = [20], route = "IV", repeat_every_hours = [2]', "240 mg IV in 24 h"),
        ('drug = "methylprednisolone", mg = [4000], route = "IV"', ""),
        ('drug = "methylprednisolone", mg = [10000], route = "IV"', "methylprednisolone: 10000 mg IV at a time"),
        ('drug = "methylprednisolone", mg = [2000], route = "IV", per_day = [1, 2]', ""),
        ('drug = "methylprednisolone", mg = [2000], route = "IV", per_day = [1, 3]', "6000 mg IV in 24 h"),
        ('drug = "methylprednisolone", mg_per_kg = [4], route = "IV"', ""),
        ('drug = "methylprednisolone", mg_per_kg = [10], route = "IV"', "methylprednisolone: 10 mg/kg IV at a time"),
        ('drug = "methylprednisolone", mg_per_kg = [30], maximum_mg = 1000, route = "IV"', ""),
        (
            'drug = "methylprednisolone", mg_per_kg = [2], route = "IV", then_mg_per_kg_per_day = 20',
            "22 mg/kg IV in 24 h",
        ),
        ('drug = "tocilizumab", mg_per_kg = [8], maximum_mg = 800, route = "IV"', ""),
        ('drug = "tocilizumab", mg_per_kg = [8], maximum_mg = 8000, route = "IV"', "tocilizumab: 8000 mg IV"),
        (
            'drug = "hydrocortisone", mg = [50], route = "intrathecal", plus = "methotrexate", plus_mg = 24',
            "",
        ),
        (
            'drug = "hydrocortisone", mg = [50], route = "intrathecal", plus = "methotrexate", plus_mg = 120',
            "methotrexate: 120 mg intrathecal at a time",
        ),
        ('drug = "cyclophosphamide", mg_per_m2 = 15000', "cyclophosphamide: 15000 mg/m2"),
    ],
)
def test_a_slip_of_the_decimal_point_is_refused(protocol: Callable[[str], Path], regimen: str, refused: str) -> None:
    file = protocol(regimen)

    problems = check_site(file, TODAY).problems

    assert bool(refused) == bool(problems)
    assert refused in "\n".join(problems)
    if refused:
        with pytest.raises(KnowledgeError, match="misplaced decimal point"):
            load_knowledge(Choices(guideline=(file,)))


@pytest.mark.slow
def test_check_reports_it_and_exits_with_1(protocol: Callable[[str], Path]) -> None:
    file = protocol('drug = "dexamethasone", mg = [100], route = "IV", every_hours = [6]')

    result = CliRunner().invoke(commands, ["check", "--guideline", str(file)])

    assert 1 == result.exit_code
    assert (
        "row 1 (corticosteroid): dexamethasone: 100 mg IV at a time, and the highest verified is 20 (" in result.output
    )


@pytest.mark.parametrize(
    "regimen",
    ['drug = "hydrocortisone", mg = [100], route = "IV"', 'drug = "dexamethasone", mg_per_kg = [0.15], route = "IV"'],
)
def test_what_nothing_verified_compares_with_is_said_and_allowed(protocol: Callable[[str], Path], regimen: str) -> None:
    report = check_site(protocol(regimen), TODAY)

    assert () == report.problems
    assert "to compare with, so check it carefully" in "\n".join(report.warnings)


def test_every_packaged_row_is_below_the_limit(knowledge: Knowledge) -> None:
    packaged = (*knowledge.protocol.management, *map(load_labels, regions()))

    highest = highest_verified(packaged)

    assert {20.0, 80.0} == {highest[kind].amount for kind in highest if kind[:3] == ("dexamethasone", "IV", "mg")}
    assert {2.0, 4.0} == {highest[kind].amount for kind in highest if kind[:3] == ("methylprednisolone", "IV", "mg/kg")}
    assert not [kind for kind in highest if kind.drug == "blinatumomab"]
