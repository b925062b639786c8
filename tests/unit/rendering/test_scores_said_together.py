"""Scores that differ within one assessment, and the score of before treatment."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.detail import detail_of
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.words.view import Clock, View

ALERT = ("60 min", "consciousness", "alert")


def viewed(knowledge: Knowledge, *records: tuple[str, str, object]) -> View:
    answer = assessed(Case("a patient", (), Expected(), records=(ALERT, *records)), knowledge.protocol)
    return View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)


def told(knowledge: Knowledge, *records: tuple[str, str, object]) -> str:
    return full_assessment(viewed(knowledge, *records))


@pytest.mark.rule("D1")
def test_both_values_are_said_with_their_times(knowledge: Knowledge) -> None:
    text = told(knowledge, ("60 min", "ice-total", 6), ("55 min", "ice-total", 9))

    assert "- ICE 6 at 08:00, 9 at 08:05: worst used, repeat together" in text


@pytest.mark.rule("D1")
def test_the_same_value_twice_is_no_conflict(knowledge: Knowledge) -> None:
    assert "repeat together" not in told(knowledge, ("60 min", "ice-total", 6), ("55 min", "ice-total", 6))


@pytest.mark.rule("A7")
@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(7, 6, "ICE 7 before treatment, now 6."), (6, 6, "ICE is at the patient's baseline of 6.")],
)
def test_the_score_of_before_treatment_stands_beside_it(
    knowledge: Knowledge, before: int, now: int, expected: str
) -> None:
    assert expected in told(knowledge, ("6 d", "ice-total", before), ("1 h", "ice-total", now))


@pytest.mark.rule("A7")
@pytest.mark.parametrize(("before", "now", "said"), [(7, 6, True), (10, 6, False), (6, 6, False), (7, 10, False)])
def test_a_low_baseline_stands_in_the_line_that_says_why(
    knowledge: Knowledge, before: int, now: int, *, said: bool
) -> None:
    card = detail_of(viewed(knowledge, ("6 d", "ice-total", before), ("1 h", "ice-total", now)))
    (why,) = (line for line in card.splitlines() if line.startswith("**Why**"))

    assert said == (f"ICE {before} before treatment, now {now}" in why)
