"""A card says when and how much as it was recorded, and what no longer counts as that."""

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

ALERT = ("1 h", "consciousness", "alert")


def viewed(knowledge: Knowledge, *records: tuple[Any, ...], **more: Any) -> View:
    answer = assessed(Case("a patient", (), Expected(), records=(ALERT, *records), **more), knowledge.protocol)
    return View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)


def line(view: View, name: str) -> str:
    """The line of the card with this name."""
    return next(one for one in detail_of(view).splitlines() if one.startswith(f"**{name}**"))


@pytest.mark.rule("D7")
@pytest.mark.parametrize(
    ("record", "said", "domain"),
    [
        (("30 h", "seizure", "clinical-generalised"), "last seizure 30 h ago, no longer counted", "seizure"),
        (("15 d", "motor-finding", "hemiparesis"), "last hemiparesis 15 days ago, no longer counted", "motor"),
    ],
)
def test_what_no_longer_counts_is_not_none_recorded(
    knowledge: Knowledge, record: tuple[Any, ...], said: str, domain: str
) -> None:
    doses = (("20 d", "axicabtagene-ciloleucel"),)
    why = line(viewed(knowledge, ("1 h", "ice-total", 10), record, doses=doses), "Why")

    assert said in why
    assert domain not in why.partition("none recorded: ")[2]


@pytest.mark.rule("D7")
def test_a_seizure_that_counts_is_not_told_as_past(knowledge: Knowledge) -> None:
    seizures = (("30 h", "seizure", "clinical-generalised"), ("2 h", "seizure", "clinical-generalised"))

    assert "no longer counted" not in line(viewed(knowledge, ("1 h", "ice-total", 10), *seizures), "Why")


@pytest.mark.rule("D1")
@pytest.mark.parametrize(("first", "second", "said"), [(6, 9, "ICE 6 at 08:00"), (9, 6, "ICE 6 at 08:05")])
def test_the_worst_value_has_its_own_time(knowledge: Knowledge, first: int, second: int, said: str) -> None:
    view = viewed(knowledge, ("60 min", "ice-total", first), ("55 min", "ice-total", second))

    assert said in summary_of(view)
    assert said in line(view, "Why")


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    ("minutes", "said"),
    [(72, "ICE 10 at 08:00, and dysgraphia 07:48"), (48, "ICE 10 at 08:00, then dysgraphia")],
)
def test_a_symptom_before_the_score_is_not_said_to_be_later(knowledge: Knowledge, minutes: int, said: str) -> None:
    view = viewed(knowledge, ("60 min", "ice-total", 10), (f"{minutes} min", "neuro-symptom", "dysgraphia"))

    assert f"{said}. Assess ICE now" in summary_of(view)


@pytest.mark.rule("E0")
@pytest.mark.parametrize(("drug", "mg"), [("levetiracetam", 750), ("anakinra", 100)])
def test_a_drug_has_the_amount_of_its_last_dose(knowledge: Knowledge, drug: str, mg: int) -> None:
    doses = (("15 h", drug, {"mg": 2 * mg}), ("3 h", drug, {"mg": mg}))
    view = viewed(knowledge, ("1 h", "ice-total", 5), drugs=doses)

    assert f"{drug} {mg} mg last 06:00" in line(view, "Running or given")


@pytest.mark.rule("E0")
def test_a_last_dose_without_an_amount_has_none(knowledge: Knowledge) -> None:
    doses = (("15 h", "levetiracetam", {"mg": 750}), ("3 h", "levetiracetam"))

    assert "levetiracetam last 06:00" in line(
        viewed(knowledge, ("1 h", "ice-total", 5), drugs=doses), "Running or given"
    )


@pytest.mark.rule("A7")
def test_a_score_no_worse_than_before_treatment_stands_in_place_of_a_grade(knowledge: Knowledge) -> None:
    before = (("6 d", "ice-total", 6), ("1 h", "ice-total", 6))
    alone = viewed(knowledge, *before)
    beside = viewed(knowledge, *before, ("30 min", "consciousness", "awakens-spontaneously"))

    assert summary_of(alone).startswith("ICE 6, same as before treatment (day 5, axi-cel)")
    assert 1 == summary_of(alone).count("same as before treatment")
    assert "if not explained" in summary_of(beside)
