"""What is done with the cards of the demo's pages: told to the service, shown in place, counted on a page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.adapters.feedback_store import Tally
from cds_service.app import create_app
from cds_service.errors import StoreUnavailableError
from cds_service.fhir_mapping.codes import ICANS
from cds_service.hooks.blueprint import WIRING
from cds_service.sandbox.pages.consult import consult
from cds_service.sandbox.pages.counts import counts_of
from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.settings import Settings
from tests.sandbox.conftest import Clock
from tests.sandbox.people import STORIES
from tests.sandbox.test_pages import WARD, accept, cards, forms, get, override, pressed, text

REASON, WORDS = "grade-differs", "I grade the patient differently"
CHART = "/patients/brandt"


@pytest.fixture
def app(clock: Clock) -> Flask:
    """A demo whose store holds nothing yet."""
    app = create_app(Settings(demo=True), now=clock)
    app.extensions[SANDBOX] = Sandbox(STORIES, clock)
    return app


def call(web: FlaskClient) -> dict[str, Any]:
    """The answer to a client of CDS Hooks that opens the chart."""
    context = {"userId": "Practitioner/demo", "patientId": "brandt"}
    own = web.application.extensions[SANDBOX]
    prefetch = {one.key: one.resource for one in consult(own, web.application.extensions[WIRING], "brandt").prefetched}
    body = {"hook": "patient-view", "hookInstance": "x", "context": context, "prefetch": prefetch}
    return web.post("/cds-services/icans-patient-view", json=body).get_json()


def kept(app: Flask) -> list[tuple[str, str, str, int]]:
    """What the store counts, without the cards that nobody answered."""
    found = app.extensions[WIRING].delivery.store.tallies()
    return [(one.topic, one.outcome, one.reason, one.cards) for one in found if one.outcome != "unanswered"]


@pytest.mark.parametrize(
    ("reason", "said"), [(REASON, f"Overridden {{time}}: {WORDS}"), ("", "Dismissed {time} without a reason")]
)
def test_an_overridden_card_steps_back_and_the_service_knows(
    app: Flask, web: FlaskClient, clock: Clock, reason: str, said: str
) -> None:
    page = get(web, CHART)
    summary = re.findall(r"<h3>(.*?)</h3>", page)[0]
    after = override(web, page, reason)

    assert [("icansGrade2", "overridden", reason, 1)] == kept(app)
    (card,) = cards(after)
    assert said.format(time=f"{clock.moment.astimezone(WARD):%H:%M}") in card
    assert text(summary) in card
    assert "stepped-back" in after
    assert "The service has kept what was done with the card" in text(after)
    # It can still be read and acted on, and is not answered twice.
    assert "<summary>Show the card" in after
    assert [] != forms(after, "resource")
    assert [] == forms(after, "mark")
    assert "stepped-back" in get(web, CHART)


def test_the_reasons_are_those_of_the_card(web: FlaskClient) -> None:
    offered = re.findall(r'name="reason" value="([^"]+)">(.*?)</button>', get(web, CHART))
    (card,) = call(web)["cards"]
    assert [(reason["code"], reason["display"]) for reason in card["overrideReasons"]] == offered
    assert (REASON, WORDS) in offered
    assert 400 == web.post(f"{CHART}/override", data={"reason": "I just do not like it"}).status_code


def test_a_card_comes_back_when_what_it_rests_on_has_changed(web: FlaskClient, clock: Clock) -> None:
    override(web, get(web, CHART), REASON)
    clock.moment += timedelta(hours=14)
    assert "stepped-back" not in get(web, CHART)


def test_a_card_comes_back_when_the_stories_start_again(web: FlaskClient) -> None:
    override(web, get(web, CHART), REASON)
    web.post("/reset")
    assert "stepped-back" not in get(web, CHART)


def test_a_card_is_overridden_for_one_patient_and_moment(app: Flask, web: FlaskClient) -> None:
    override(web, get(web, CHART), REASON)
    assert "stepped-back" not in get(web, "/patients/rude")
    signing = f"{CHART}?hook=order-sign&order=dexamethasone-4"
    page = get(web, signing)
    assert "stepped-back" not in page
    after = override(web, page, "")
    assert "stepped-back" in after
    assert {"icansGrade2", "steroidBelowOptions"} == {topic for topic, *_ in kept(app)}
    # The order is what the card is about.
    assert "stepped-back" not in get(web, f"{CHART}?hook=order-sign&order=lorazepam")


def test_an_accepted_suggestion_is_told(app: Flask, web: FlaskClient) -> None:
    after = accept(web, get(web, CHART))
    assert [("icansGrade2", "accepted", "", 1)] == kept(app)
    assert "The service has kept what was done with the card" in text(after)


def test_what_the_service_does_not_keep_is_said(app: Flask, web: FlaskClient) -> None:
    place, fields = forms(get(web, CHART), "mark")[0]
    after = pressed(web, place, {**fields, "card": "no uuid, but a text", "reason": REASON})
    assert "The service has not kept what was done with the card. It answered 422" in text(after)
    assert "stepped-back" not in after
    assert [] == kept(app)


def test_a_draft_is_created_even_if_the_feedback_is_not_kept(app: Flask, web: FlaskClient) -> None:
    place, fields = forms(get(web, CHART), "resource")[0]
    after = pressed(web, place, {**fields, "suggestion": ""})
    assert "Created in the chart" in after
    assert "It answered 422" in text(after)
    assert [] == kept(app)


def test_a_made_up_status_is_not_said(web: FlaskClient) -> None:
    for told in ("abc", "99999", ""):
        assert "what was done with the card" not in text(get(web, f"{CHART}?feedback_status={told}"))


def test_nobodys_card_is_overridden(web: FlaskClient) -> None:
    assert 404 == web.post("/patients/nobody/override", data={"reason": ""}).status_code


def test_the_worklist_shows_no_cards_to_anybody(app: Flask, web: FlaskClient) -> None:
    """It is a preview: what stands there counts as shown only once the chart is opened."""
    get(web, "/")
    assert () == app.extensions[WIRING].delivery.store.tallies()
    get(web, CHART)
    assert 1 == sum(one.cards for one in app.extensions[WIRING].delivery.store.tallies())


def test_a_silent_service_says_so(clock: Clock) -> None:
    app = create_app(Settings(demo=True, silent=("icans-patient-view",)), now=clock)
    app.extensions[SANDBOX] = Sandbox(STORIES, clock)
    page = get(app.test_client(), CHART)
    assert [] == cards(page)
    assert "The service is set to show no cards" in text(page)
    assert "nothing to say" not in text(page)


def rows(page: str) -> list[list[str]]:
    """The rows of the page's tables, without their heads."""
    found = (re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", row) for row in re.findall(r'<tr role="row">(.*?)</tr>', page))
    return [[text(cell) for cell in row] for row in found if row[0] != "Card"]


def test_the_page_counts_by_topic_and_reason(web: FlaskClient) -> None:
    assert "No card has been shown yet" in text(get(web, "/feedback"))
    page = get(web, CHART)
    assert [["ICANS grade 2", "1", "0", "0"]] == rows(get(web, "/feedback"))
    assert "No card has been overridden yet" in text(get(web, "/feedback"))

    accept(web, page)
    override(web, get(web, CHART), REASON)
    web.post("/reset")
    override(web, get(web, CHART), REASON)
    web.post("/reset")
    override(web, get(web, CHART), "")

    # The page that follows an answer shows the card once more.
    assert [
        ["ICANS grade 2", "8", "1", "3"],
        ["ICANS grade 2", WORDS, "2"],
        ["ICANS grade 2", "Dismissed without a reason", "1"],
    ] == rows(get(web, "/feedback"))


def test_the_page_says_nothing_about_patients(web: FlaskClient) -> None:
    override(web, get(web, CHART), REASON)
    page = get(web, "/feedback")
    for told in ("brandt", "Ilse", "1967", "Practitioner"):
        assert told not in page


def test_the_page_says_that_the_store_cannot_be_read(
    app: Flask, web: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise StoreUnavailableError("the store is away")

    monkeypatch.setattr(type(app.extensions[WIRING].delivery.store), "tallies", lambda _: fails())
    assert "The store of feedback cannot be read" in text(get(web, "/feedback", 503))


def tally(**changes: Any) -> Tally:
    return Tally("icans-patient-view", "icansGrade2", 2, "exact", "overridden", ICANS, REASON, False, 1)._replace(
        **changes
    )


def test_reasons_in_words_or_as_they_were_sent(app: Flask) -> None:
    writer = app.extensions[WIRING].decider.writer
    given = (
        tally(cards=4),
        tally(reason_system="com.epic", reason="45", cards=3),
        tally(reason_system="", reason="", commented=True, cards=2),
        tally(reason_system="", reason=""),
        tally(outcome="unanswered", reason="", cards=5),
        tally(topic="", certainty="unknown-card", cards=6),
    )
    counts = counts_of(given, writer)
    assert [("ICANS grade 2", 15, 0, 10)] == [*counts.topics]
    reasons = [WORDS, "45", "Only a comment, which is not kept", "Dismissed without a reason"]
    assert [(("ICANS grade 2", reason, 4 - place)) for place, reason in enumerate(reasons)] == [*counts.reasons]
    assert 6 == counts.unknown
