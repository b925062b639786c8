"""Why the card is as urgent as it is, in the full assessment."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.words.view import Clock, View

WELL = (("1 h", "ice-total", 10), ("1 h", "consciousness", "alert"))
FEVER, LOW = ("1 h", "body-temperature", 38.6), ("1 h", "systolic-pressure", 84)
AIR = (("1 h", "oxygen-saturation", 97), ("1 h", "oxygen-device", "room-air"))
ICP, RAISED = "raised-icp-sign", "raised pressure or diffuse oedema"


@pytest.mark.rule("U")
@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (WELL, "**Info**: no ICANS. What the summary asks for is rule Q22."),
        ((*WELL, *AIR, FEVER, LOW), "**Warning**: CRS 2. What the summary asks for is rule Q14."),
        (
            (*WELL, ("1 h", ICP, "papilloedema"), ("2 h", "icans-grade-documented", 4)),
            f"**Critical**: ICANS 4; charted as ICANS 4; {RAISED}. What the summary asks for is rule Q5.",
        ),
    ],
)
def test_the_full_assessment_says_why(knowledge: Knowledge, records: tuple[Any, ...], expected: str) -> None:
    answer = assessed(Case("a patient", (), Expected(), records=records), knowledge.protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)

    lines = full_assessment(view).splitlines()
    assert expected == lines[lines.index("## Domains") + 2]
