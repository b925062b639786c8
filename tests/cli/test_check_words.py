"""A code without a text is an error in `check`, and every code that reaches a card is known to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_service.app import decider_of
from cds_service.checks import words
from cds_service.checks.answers import answer_to
from cds_service.checks.specification import packaged_cases
from cds_service.checks.words import check_words, places_of
from cds_service.knowledge import Knowledge, load_knowledge
from cds_service.knowledge.wording import load_wording
from cds_service.rendering.words.wording import Wording
from cds_service.settings import Settings

# Sections whose texts are looked up by a code, not chosen in the program.
CODED = ("status.value.", "status.unit.", "status.item.", "status.domain.", "status.not-performed.", "status.sign.")
CODED += ("status.AVPU.", "status.RASS.", "status.instrument.", "status.basis.", "gaps.what.", "gaps.kind.")
CODED += ("advice.drug.", "advice.route.", "escalation.route.", "alerts.what.", "labels.scale.")
CODED += ("labels.driving.", "risk.name.", "risk.unknown.", "risk.measure.", "risk.point.", "look_alike.sign.")
CODED += ("look_alike.cause.", "status.trend.", "detail.crs-trend.")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


class Without(Wording):
    """The texts of a language without one of them."""

    def __init__(self, whole: Wording, place: str) -> None:
        self._place, self._whole = place, whole

    @property
    def gaps(self) -> dict[str, frozenset[str]]:
        return {place: gaps for place, gaps in self._whole.gaps.items() if place != self._place}


class Recorded(Wording):
    """Texts that record which of them were used."""

    def __init__(self, whole: Wording) -> None:
        self.__dict__ |= whole.__dict__
        self.asked: set[str] = set()

    def say(self, place: str, /, **values: object) -> str:
        self.asked.add(place)
        return super().say(place, **values)


def test_every_code_has_a_text(knowledge: Knowledge) -> None:
    assert () == check_words(knowledge).problems


@pytest.mark.parametrize(
    "place",
    [
        "status.value.word-finding-difficulty",
        "status.unit.mg/dL",
        "status.reason.score-doubted",
        "gaps.kind.future",
        "gaps.what.platelets",
        "advice.drug.propofol",
        "labels.driving.while-infused",
        "risk.unknown.prior-icans",
        "look_alike.cause.uraemia",
        "unjudged.brief.kidney",
        "alerts.now.taper-running",
    ],
)
def test_a_text_that_is_missing_is_an_error(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def load(language: str, **more: Any) -> Wording:
        return Without(load_wording(language, **more), place)

    monkeypatch.setattr(words, "load_wording", load)

    assert (f"en: {place} has no text",) == check_words(knowledge).problems


def test_every_code_that_reaches_a_card_is_known_to_check(knowledge: Knowledge) -> None:
    recorded = Recorded(knowledge.wording)
    known = places_of(knowledge)
    decider = decider_of(Settings(), replace(knowledge, wording=recorded))
    for case in packaged_cases(()):
        answer_to(case, decider)

    assert recorded.asked & known
    assert set() == {place for place in recorded.asked if place.startswith(CODED)} - known
