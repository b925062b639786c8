"""What a card names as the reason: a symptom, why a score was not taken, the direction of CAPD, the findings of CRS."""

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
CHILD = {"born": "2020-01-01"}
FEVER = (("1 h", "body-temperature", 38.4), ("1 h", "oxygen-device", "room-air"), ("1 h", "oxygen-saturation", 97))


def viewed(knowledge: Knowledge, *records: tuple[Any, ...], **more: Any) -> View:
    answer = assessed(Case("a patient", (), Expected(), records=records, **more), knowledge.protocol)
    return View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)


def line(view: View, name: str) -> str:
    """The line of the card with this name."""
    return next(one for one in detail_of(view).splitlines() if one.startswith(f"**{name}**"))


@pytest.mark.rule("D2")
@pytest.mark.parametrize("old", [(), (("20 h", "ice-total", 10),)])
def test_a_symptom_without_a_current_score_is_the_first_reason(
    knowledge: Knowledge, old: tuple[tuple[Any, ...], ...]
) -> None:
    doses = (("50 d", "axicabtagene-ciloleucel"),)
    said = summary_of(viewed(knowledge, *old, ("1 h", "neuro-symptom", "confusion"), doses=doses))

    assert said.startswith("ICANS not gradable (day 50, axi-cel, late): confusion 08:00")


@pytest.mark.rule("D2")
def test_a_symptom_that_was_assessed_since_is_no_reason(knowledge: Knowledge) -> None:
    records = (("3 h", "neuro-symptom", "confusion"), ("1 h", "ice-total", 10))

    assert "confusion" not in summary_of(viewed(knowledge, *records))


@pytest.mark.rule("Q11")
@pytest.mark.parametrize(
    ("refused", "said"), [("1 h", True), ("13 h", False)], ids=["after the score", "before the score"]
)
def test_language_asks_for_an_interpreter_whatever_the_last_score(
    knowledge: Knowledge, refused: str, said: bool
) -> None:
    records = (("12.5 h", "ice-total", 10), (refused, "ice-not-performed", "language"))
    view = viewed(knowledge, *records)

    assert said == ("with an interpreter" in summary_of(view))
    assert said == ("ICE not performed: language" in line(view, "Missing or doubtful"))


@pytest.mark.rule("G3")
@pytest.mark.parametrize(
    ("before", "now", "said"),
    [(8, 9, "CAPD 9 at 08:00, worse (was 8)"), (12, 9, "CAPD 9 at 08:00, better (was 12)")],
)
def test_a_capd_says_its_direction(knowledge: Knowledge, before: int, now: int, said: str) -> None:
    records = (("10 h", "capd-total", before), ("1 h", "capd-total", now), ALERT)

    assert said in summary_of(viewed(knowledge, *records, **CHILD))


@pytest.mark.rule("Q14")
@pytest.mark.parametrize(("pressure", "said"), [(84, "CRS 2: fever 38.4 °C, systolic 84"), (120, "")])
def test_why_has_the_findings_of_crs_where_it_is_the_ask(knowledge: Knowledge, pressure: int, said: str) -> None:
    view = viewed(knowledge, *FEVER, ("1 h", "systolic-pressure", pressure), ("1 h", "ice-total", 10), ALERT)
    why = line(view, "Why")

    assert said in why
    assert bool(said) == ("CRS" in why)
