"""No summary is longer than a card may be; what is dropped for that is neither the finding nor the action."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed, protocol_of
from cds_service.checks.specification import packaged_cases
from cds_service.clinical.assess import Answer
from cds_service.clinical.facts.gap import UnreadProduct
from cds_service.clinical.status.ask import Ask, AskCode, UnreadTherapies
from cds_service.knowledge import load_knowledge
from cds_service.rendering.status_card.asks import ask_text
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.view import Clock, View

KNOWLEDGE = load_knowledge()
BELOW = 140
METHYLPREDNISOLONE = "methylprednisolone"
ALERT = tuple((f"{hours} h", "consciousness", "alert") for hours in (30, 12, 1))
FEVER = (
    ("1 h", "body-temperature", 38.4),
    ("1 h", "systolic-pressure", 120),
    ("1 h", "oxygen-device", "room-air"),
    ("1 h", "oxygen-saturation", 97),
)


def scores(*points: int) -> tuple[tuple[Any, ...], ...]:
    """ICE 30, 12 and 1 h ago."""
    return tuple((f"{hours} h", "ice-total", one) for hours, one in zip((30, 12, 1), points, strict=True))


def viewed(answer: Answer) -> View:
    return View(answer, KNOWLEDGE.wording, Clock(NOW, UTC), demo=False)


def answer_of(*records: tuple[Any, ...], **more: Any) -> Answer:
    return assessed(Case("a patient", (), Expected(), records=records, **more), KNOWLEDGE.protocol)


def flare(points: int, drug: str = METHYLPREDNISOLONE) -> Answer:
    """Worse again on a corticosteroid after an ICE of 10, with fever."""
    drugs = tuple((f"{hours} h", drug, {"mg": 1000}) for hours in (29, 2))
    return answer_of(*scores(points, 10, points), *ALERT, *FEVER, drugs=drugs)


@cache
def answers() -> tuple[Answer, ...]:
    """Of every case that has a status card."""
    protocol = KNOWLEDGE.protocol
    found = (assessed(case, protocol_of(case, protocol)) for case in packaged_cases())
    return tuple(one for one in found if one.evaluation.attention.has_card)


@cache
def asks() -> tuple[Ask, ...]:
    """One of each wording."""
    worded = {ask_text(viewed(one)): one.ask for one in (*answers(), flare(5), flare(1)) if one.ask is not None}
    return tuple(worded.values())


def longest_name() -> str:
    """The corticosteroid with the longest name."""
    return max(KNOWLEDGE.protocol.rules.drugs.corticosteroids, key=len)


@pytest.mark.rule("Q")
@given(one=st.integers(0, 9_999), other=st.integers(0, 9_999))
def test_no_summary_is_too_long(one: int, other: int) -> None:
    answer, asked = answers()[one % len(answers())], asks()[other % len(asks())]
    view = viewed(replace(answer, asks=(asked,)))
    said = summary_of(view)

    assert 0 < len(said) < BELOW
    assert ask_text(view).act.lower() in said.lower()


@pytest.mark.rule("E3")
@pytest.mark.rule("Q")
@pytest.mark.parametrize("points", [5, 1])
def test_a_flare_with_the_longest_drug_name_says_every_action(points: int) -> None:
    answer = flare(points, longest_name())
    assert 0 == answer.evaluation.treatment.flare_from

    for asked in asks():
        view = viewed(replace(answer, asks=(asked,)))
        said = summary_of(view)
        assert len(said) < BELOW
        assert ask_text(view).act.lower() in said.lower()


@pytest.mark.rule("E3")
def test_a_flare_gives_up_its_place_before_its_drug() -> None:
    assert (
        "ICANS back: grade 3 (peak 3), 2 h after the last methylprednisolone, CRS 1. "
        "Consider ICU and review corticosteroid for escalation now"
    ) == summary_of(viewed(flare(1)))


@pytest.mark.rule("G4")
def test_a_charted_grade_that_is_higher_stays_beside_a_flare() -> None:
    records = (*scores(5, 10, 5), *ALERT, *FEVER, ("30 min", "icans-grade-documented", 3))
    drugs = tuple((f"{hours} h", METHYLPREDNISOLONE, {"mg": 1000}) for hours in (29, 2))
    said = summary_of(viewed(answer_of(*records, drugs=drugs)))

    assert said.startswith("ICANS back: grade 2 (peak 2)")
    assert "charted as ICANS 3 at 08:30" in said


@pytest.mark.rule("Q7")
def test_crs_4_under_sedation_keeps_its_vasopressors() -> None:
    pressors = ("norepinephrine", "epinephrine", "phenylephrine")
    running = tuple(("3 h", drug, {"until": "running"}) for drug in (*pressors, "propofol"))
    said = summary_of(viewed(answer_of(*FEVER, drugs=running)))

    assert said.startswith(
        "CRS 4 on norepinephrine, epinephrine, phenylephrine: consider ICU, tocilizumab and corticosteroid now"
    )


@pytest.mark.rule("Q2")
@pytest.mark.rule("Q6")
def test_a_seizure_and_a_low_glucose_are_named_together() -> None:
    seizure = ("2 h", "seizure", "clinical-generalised", {"returned": False})
    said = summary_of(viewed(answer_of(seizure, ("1 h", "glucose", 40))))

    assert said.startswith("Generalised seizure 07:00, not back to baseline, glucose 40 mg/dL 08:00: treat, EEG now")


@pytest.mark.rule("N")
def test_every_sign_of_delayed_neurotoxicity_is_named_while_they_fit() -> None:
    signs = tuple(
        ("2 h", "neuro-symptom", one) for one in ("facial-palsy", "parkinsonism", "gait-change", "personality-change")
    )
    answer = answer_of(*signs, doses=(("22 d", "ciltacabtagene-autoleucel"),))

    assert summary_of(viewed(answer)).startswith("Possible delayed neurotoxicity, not ICANS (cilta-cel, day 22): ")
    assert "Call neurology and the cell therapy team today" in summary_of(viewed(answer))


@pytest.mark.rule("T8")
@pytest.mark.parametrize("name", ["an investigational product of long name " * 3, "x" * 150])
def test_a_name_from_the_record_is_cut_before_the_action(name: str) -> None:
    unread = Ask(AskCode.THERAPY_NOT_READABLE, UnreadTherapies((UnreadProduct("CAR-T", name, name),)))
    said = summary_of(viewed(replace(answer_of(), asks=(unread,))))

    assert len(said) < BELOW
    assert "ind out which therapy was given, and when" in said
