"""One dose at one interval of every regimen in the tables, as the second reading has it."""

from __future__ import annotations

import pytest

from cds_service.clinical.tables.advice import Regimen
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import load_labels, regions
from tests.second_reading.drafts import one_dose


def regimens(knowledge: Knowledge) -> list[Regimen]:
    """Those of milligrams, of guidelines and of the labels of every region."""
    rules = knowledge.protocol.rules
    tables = (*knowledge.protocol.management, rules.crs_advice, *map(load_labels, regions()))
    found = [regimen for table in tables for row in table.row for regimen in row.regimens]
    return [one for one in found if one.mg or one.mg_per_kg]


@pytest.mark.rule("P2")
@pytest.mark.parametrize("weight", [None, 26, 70.4, 110])
def test_one_dose_at_one_interval(weight: float | None, knowledge: Knowledge) -> None:
    found = regimens(knowledge)

    assert {True, False} == {one.is_span for one in found}
    for one in found:
        drafted = one.one_dose(weight)
        said = (*(drafted.mg or (None,)), *(drafted.every_hours or (None,)), *(drafted.per_day or (None,)))
        assert said == one_dose(one, weight)
