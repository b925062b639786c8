"""What may lower ICE and arousal stands on the card with its time and is said to do so."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.lines import running_line
from cds_service.rendering.words.view import Clock, View

WORDS = "(may lower ICE and arousal)"


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    ("drug", "expected"),
    [
        (("2 h", "fentanyl"), f"fentanyl last 07:00 {WORDS}"),
        (("2 h", "fentanyl", {"until": "running"}), f"fentanyl running since 07:00 {WORDS}"),
        (("9 h", "midazolam", {"until": "4 h"}), f"midazolam last 05:00 {WORDS}"),
    ],
)
def test_each_has_its_time_and_the_words(knowledge: Knowledge, drug: tuple[Any, ...], expected: str) -> None:
    assert running_line(view_of(knowledge, drug)).endswith(expected)


@pytest.mark.rule("A1")
def test_a_drip_that_ended_long_before_the_score_has_no_such_words(knowledge: Knowledge) -> None:
    assert WORDS not in running_line(view_of(knowledge, ("12 h", "midazolam", {"until": "8 h"})))


def view_of(knowledge: Knowledge, drug: tuple[Any, ...]) -> View:
    records = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"))
    case = Case("a patient", (), Expected(), records=records, drugs=(drug,))
    return View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)
