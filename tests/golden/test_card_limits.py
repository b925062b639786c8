"""The summary and the detail of a card are short, for every sandbox patient and every case."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from statistics import median

from bench.sandbox_cards import status_cards
from cds_service.app import decider_of
from cds_service.cases.case import NOW
from cds_service.cases.verdict import assessed, protocol_of
from cds_service.checks.answers import answer_to
from cds_service.checks.specification import packaged_cases
from cds_service.clinical.assess import Answer
from cds_service.clinical.drafts.proposal import ProposalKind
from cds_service.knowledge import Knowledge, load_knowledge
from cds_service.rendering.status_card.detail import content_of, detail_of
from cds_service.rendering.status_card.full_assessment import as_html
from cds_service.rendering.status_card.suggestions import suggestions_of
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.view import Clock, View
from cds_service.rendering.words.wording import words_in
from cds_service.settings import Settings

DETAILS = {slug: card.detail for slug, card in status_cards()}
USUAL, TWO_TREATMENTS, NO_ICANS = 120, 160, 60


@cache
def views() -> dict[str, View]:
    """Every case that has a status card, as a view."""
    knowledge = load_knowledge()
    return {
        case.name: view_of(knowledge, answer)
        for case in packaged_cases()
        if (answer := assessed(case, protocol_of(case, knowledge.protocol))).evaluation.attention.has_card
    }


def view_of(knowledge: Knowledge, answer: Answer) -> View:
    return View(answer, knowledge.wording, Clock(NOW, answer.evaluation.zone), demo=False)


def limit(view: View) -> int:
    """The most words that the detail may have."""
    if sum(act.treats for act in content_of(view).acts) > 1:
        return TWO_TREATMENTS
    return NO_ICANS if view.evaluation.icans.all.hi == 0 else USUAL


def rendered(markdown: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", as_html(markdown)))


def test_the_details_of_the_sandbox_patients_are_short() -> None:
    words = {slug: len(rendered(detail).split()) for slug, detail in DETAILS.items()}

    assert median(words.values()) <= USUAL
    assert max(words.values()) <= TWO_TREATMENTS
    assert words["quiet-day-3"] <= NO_ICANS


def test_words_are_counted_as_a_reader_sees_them() -> None:
    assert {slug: words_in(detail) for slug, detail in DETAILS.items()} == {
        slug: len(rendered(detail).split()) for slug, detail in DETAILS.items()
    }


def test_the_detail_of_every_case_is_short() -> None:
    long = {name: words for name, view in views().items() if (words := words_in(detail_of(view))) > limit(view)}

    assert {} == long


def test_the_summary_of_every_case_is_one_line() -> None:
    long = [text for view in views().values() if len(text := summary_of(view)) > 140]

    assert [] == long


def test_there_are_at_most_four_things_to_do() -> None:
    assert all(detail_of(view).count("\n- ") < 4 for view in views().values())


def test_suggestions_are_few_and_only_an_assessment_is_recommended() -> None:
    offered = [suggestions_of(view) for view in views().values()]

    assert all(len(found) <= 5 and len({one.label for one in found}) == len(found) for found in offered)
    assert {ProposalKind.TASK} == {one.offer.kind for found in offered for one in found if one.recommended}


def test_every_label_fits_on_a_button() -> None:
    decider = decider_of(Settings(), load_knowledge())
    cards = [card for case in packaged_cases() for card in answer_to(case, decider)["cards"]]
    offered = [(card["source"]["topic"]["code"], one) for card in cards for one in card.get("suggestions", ())]

    assert {topic for topic, _ in offered} > {"steroidBelowOptions", "taperRunning", "dailyMonitoringContinues"}
    assert max(len(one["label"]) for _, one in offered) <= 60
    assert all(len(one["actions"][0]["description"]) >= len(one["label"]) for _, one in offered)
