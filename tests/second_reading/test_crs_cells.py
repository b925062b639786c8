"""The table by the grade of CRS says what the second reader typed, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from cds_service.clinical.tables.advice import Row
from cds_service.clinical.tables.vocabulary import Action, Strength
from cds_service.knowledge import Knowledge
from tests.proof.advice_words import BY_TREATMENT, crs_dose, crs_name
from tests.second_reading.crs_cells import rows

Cell = tuple[int, str, str, bool]


def typed() -> list[Cell]:
    """Every cell of the second reader."""
    return sorted((grade, *cells) for grade in range(1, 5) for cells in rows(grade))


def tabled(table: Iterable[Row]) -> list[Cell]:
    """The rows of the table in the same words; what goes by the treatment rather than the grade has no cell."""
    told = [row for row in table if row.action not in BY_TREATMENT]
    return sorted(
        (grade, crs_name(row), crs_dose(row, row.regimens), row.provenance.verified)
        for row in told
        for grade in range(row.crs_from, row.crs_to + 1)
    )


@pytest.mark.rule("C6")
def test_every_row_by_the_grade_of_crs_is_as_typed(knowledge: Knowledge) -> None:
    assert typed() == tabled(knowledge.protocol.rules.crs_advice.row)


@pytest.mark.rule("C6")
@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        (Action.CRS_SUPPORTIVE_CARE, {"crs_from": 2}),
        (Action.CRS_SUPPORTIVE_CARE, {"strength": Strength.AVOID}),
        (Action.CRS_SUPPORTIVE_CARE, {"action": Action.ICU}),
        (Action.TOCILIZUMAB, {"regimens": ()}),
        (Action.TOCILIZUMAB, {"max_total": 5}),
    ],
)
def test_a_mistyped_row_is_found(action: Action, wrong: dict[str, Any], knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.crs_advice.row

    assert typed() != tabled([replace(row, **wrong) if row.action is action else row for row in table])
