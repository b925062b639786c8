"""Tocilizumab is for CRS: without CRS no row offers it, whatever the row says (rule C5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.checks.site import check_site
from cds_service.clinical.assess import Answer
from cds_service.clinical.tables.advice import TOCILIZUMAB
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Choices, load_knowledge, read_knowledge

HEADER = """[edition]
id = "unit"
label = "Unit protocol"
title = "t"
reference = "r"
url = ""
published = "2026"
checked = 2026-09-01
review_by = 2027-09-01
verified = true
"""
DOSE = 'regimens = [{ drug = "tocilizumab", mg = [400], route = "IV", doses = 1 }]\n'
PLAIN = f'[[row]]\naction = "tocilizumab"\nicans = [0, 1, 2, 3, 4]\n{DOSE}'
DISGUISED = f'[[row]]\naction = "refractory-options"\nicans = [0, 1, 2, 3, 4]\n{DOSE}'
FROM_GRADE_0 = f'[[row]]\naction = "tocilizumab"\nicans = [0, 1, 2, 3, 4]\ncrs = "with"\ncrs_from = 0\n{DOSE}'
ROWS = pytest.mark.parametrize("row", [PLAIN, DISGUISED, FROM_GRADE_0])
GRADE_2 = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"))
VITALS = (("1 h", "systolic-pressure", 120), ("1 h", "oxygen-saturation", 97), ("1 h", "oxygen-device", "room-air"))
NO_CRS = (*GRADE_2, *VITALS, ("1 h", "body-temperature", 36.8))
CRS_1 = (*GRADE_2, *VITALS, ("1 h", "body-temperature", 38.5))


def evaluated(file: Path, records: tuple[Any, ...]) -> Answer:
    """The evaluation with a protocol that `serve` would refuse."""
    knowledge = read_knowledge(Choices(guideline=(file,)))
    case = Case("a patient", (), Expected(), records=records)
    return assessed(case, knowledge.protocol)


def offered(answer: Answer) -> list[str]:
    """The places that name tocilizumab: sources of advice, recommendations and drafts."""
    advice = [entry.source for entry in answer.evaluation.advice if entry.row.gives_tocilizumab]
    drafts = [one.source for one in answer.proposals if one.regimen and one.regimen.drug == TOCILIZUMAB]
    return [*advice, *(code for code in answer.evaluation.recommendations if code == TOCILIZUMAB), *drafts]


@ROWS
@pytest.mark.rule("C5")
def test_without_crs_no_row_offers_tocilizumab(row: str, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(HEADER + row)

    without = evaluated(file, NO_CRS)

    assert (0, 0) == (without.evaluation.crs.range.lo, without.evaluation.crs.range.hi)
    assert [] == offered(without)


@pytest.mark.rule("C5")
def test_with_crs_of_which_the_grade_may_be_0_no_row_offers_it(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(HEADER + PLAIN)

    unknown = evaluated(file, GRADE_2)

    assert 0 == unknown.evaluation.crs.range.lo < unknown.evaluation.crs.range.hi
    assert [] == offered(unknown)


@pytest.mark.rule("C5")
def test_with_crs_of_grade_1_the_same_row_is_advised_and_drafted(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(HEADER + PLAIN)

    with_crs = evaluated(file, CRS_1)

    assert 1 == with_crs.evaluation.crs.range.lo
    label = "Yescarta US label, text of July 2026"
    assert ["Unit protocol", "ASCO 2021", label, TOCILIZUMAB, "Unit protocol"] == offered(with_crs)


@ROWS
@pytest.mark.rule("C5")
def test_a_row_that_would_offer_it_without_crs_is_wrong(row: str, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(HEADER + row)

    wrong = "crs: tocilizumab is for CRS: expected with, and crs_from of 1 or more"
    assert [wrong] == [problem.split(": ", 1)[1] for problem in check_site(file, NOW.date()).problems]
    with pytest.raises(KnowledgeError, match="tocilizumab is for CRS"):
        load_knowledge(Choices(guideline=(file,)))
