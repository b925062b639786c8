"""A draft states for which patients it is meant."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.checks.specification import packaged_cases
from cds_service.clinical.tables.vocabulary import DueKind
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.asks import ask_text
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


def view_of(knowledge: Knowledge, case: Case) -> View:
    """The patient of a case, as the cards see one."""
    return View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)


def told(view: View) -> list[str]:
    """Every draft in words."""
    return [proposal_text(view, one) for one in view.answer.proposals]


FEVER = (("1 h", "body-temperature", 38.6), ("1 h", "oxygen-device", "room-air"), ("1 h", "oxygen-saturation", 97))
UNITS_DIFFER = "units give none at CRS 1"


@pytest.mark.rule("P1")
@pytest.mark.parametrize(
    ("score", "systolic", "says"),
    [(8, 120, True), (5, 120, True), (8, 89, False), (10, 89, False)],
)
def test_tocilizumab_at_crs_1_says_that_units_differ(
    knowledge: Knowledge, score: int, systolic: int, says: bool
) -> None:
    records = (
        *FEVER,
        ("1 h", "systolic-pressure", systolic),
        ("1 h", "ice-total", score),
        ("1 h", "consciousness", "alert"),
    )
    view = view_of(knowledge, Case("a patient", (), Expected(), doses=(("5 d", "CAR-T"),), records=records))

    drafts = [text for text in told(view) if "ocilizumab" in text]

    assert drafts
    assert {says} == {UNITS_DIFFER in text for text in drafts}


@pytest.mark.rule("P1")
def test_no_summary_asks_for_tocilizumab_below_crs_2(knowledge: Knowledge) -> None:
    asked = {
        view.evaluation.crs.range.lo
        for view in (view_of(knowledge, case) for case in packaged_cases())
        if "ocilizumab" in ask_text(view).act
    }

    assert {2, 3, 4} == asked


AWAKE = ("1 h", "consciousness", "alert")


@pytest.mark.rule("G5")
@pytest.mark.parametrize(
    ("records", "drugs", "expected"),
    [
        ((("1 h", "ice-total", 5), AWAKE), (), "Reminder: ICE due 12:00"),
        ((("13 h", "ice-total", 10), AWAKE), (), "Task: ICE now"),
        ((("1 h", "ice-total", 5), ("1 h", "rass", -2)), (), "Reminder: ICE due 12:00"),
        ((("1 h", "ice-total", 5), ("1 h", "rass", -3)), (), "Task: neurological check now"),
        ((("3 h", "ice-total", 1), ("1 h", "rass", -5)), (), "Reminder: neurological check due 10:00"),
        (
            (("9 h", "ice-total", 5), ("9 h", "consciousness", "alert"), ("1 h", "rass", -4)),
            (("8 h", "propofol", {"until": "running"}),),
            "Reminder: neurological check due 12:00",
        ),
        (
            (("9 h", "ice-total", 5), ("9 h", "consciousness", "alert"), ("4 h", "rass", -4)),
            (("8 h", "propofol", {"until": "running"}),),
            "Task: neurological check now",
        ),
    ],
)
def test_the_reminder_is_of_what_is_due(
    knowledge: Knowledge,
    records: tuple[tuple[str, str, float | str], ...],
    drugs: tuple[tuple[object, ...], ...],
    expected: str,
) -> None:
    case = Case("a patient", (), Expected(), doses=(("5 d", "CAR-T"),), records=records, drugs=drugs)

    view = view_of(knowledge, case)
    reminders = [proposal_text(view, one) for one in view.answer.proposals if isinstance(one.action, DueKind)]

    assert [expected] == reminders
