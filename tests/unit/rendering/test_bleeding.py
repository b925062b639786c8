"""A bleed is told with the blood values on which its treatment depends."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.detail import detail_of
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.view import Clock, View

BLEED = ("2 h", "neuroimaging", "intracranial-haemorrhage")
PLATELETS, FIBRINOGEN = ("3 h", "platelets", 8), ("3 h", "fibrinogen", 90)
OLD = ("25 h", "fibrinogen", 90)


@pytest.mark.rule("Q4")
@pytest.mark.parametrize(
    ("blood", "expected"),
    [
        ((PLATELETS, FIBRINOGEN), "eurosurgery now, platelets 8, fibrinogen 90"),
        ((PLATELETS, OLD), "eurosurgery now, platelets 8, check fibrinogen"),
        ((FIBRINOGEN,), "eurosurgery now, check platelets, fibrinogen 90"),
        ((), "eurosurgery now, check platelets and fibrinogen"),
        ((("3 h", "platelets", 10, {"comparator": "<"}), FIBRINOGEN), "eurosurgery now, platelets <10, fibrinogen 90"),
    ],
)
def test_platelets_and_fibrinogen_stand_beside_a_bleed(
    knowledge: Knowledge, blood: tuple[tuple[Any, ...], ...], expected: str
) -> None:
    records = (BLEED, ("1 h", "ice-total", 10), ("1 h", "consciousness", "alert"), *blood)
    case = Case("a patient", (), Expected(), records=records)
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    assert expected in summary_of(view).replace("\\", "")
    assert expected in detail_of(view).replace("\\", "").replace("&lt;", "<")
