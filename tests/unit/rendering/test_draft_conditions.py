"""A draft states for which patients it is meant."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.words.regimens import proposal_text
from cds_service.rendering.words.view import Clock, View


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("product", "score", "expected"),
    [
        ("afamitresgene-autoleucel", 5, "for high-risk products or patients (ASCO 2021)"),
        ("lisocabtagene-maraleucel", 1, "(not for an isolated headache of this grade) (Breyanzi"),
        ("afamitresgene-autoleucel", 1, "every 6-12 h (ASCO 2021)"),
    ],
)
def test_a_draft_says_the_condition_that_only_the_reader_can_judge(
    knowledge: Knowledge, product: str, score: int, expected: str
) -> None:
    records = (("1 h", "ice-total", score), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 36.8))
    case = Case("a patient", (), Expected(), doses=(("5 d", product),), records=records)
    answer = assessed(case, knowledge.protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)

    texts = [proposal_text(view, one) for one in answer.proposals if one.regimen is not None]

    assert expected in texts[0]
