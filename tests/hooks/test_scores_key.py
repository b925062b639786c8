"""Scores of any age have a key of their own, and a client that still sends them under `neuro` is understood."""

from __future__ import annotations

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.builders import NOW, alert, axi_cel, bundle, coded, given, hook_request, ice, outcome, prefetch
from tests.hooks.client import Client, evaluation
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_prefetch import gaps, without
from tests.hooks.test_refusals import refused

OLDER = without(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())), "scores")
TECLISTAMAB = "2619438"


@pytest.mark.rule("A7")
def test_a_baseline_of_90_days_before_the_dose_is_read(client: Client) -> None:
    scores = bundle(ice(6), ice(6, 95 * 24))
    for days, certainty in ((5, "needs-attribution"), (4, "exact")):
        answer = client.call(prefetch(scores=scores, neuro=bundle(alert()), therapy=bundle(axi_cel(days))))

        assert certainty == evaluation(answer)["icans"]["certainty"]


def test_a_course_is_looked_back_on_for_45_days(client: Client) -> None:
    doses = bundle(*(given(TECLISTAMAB, days * 24) for days in range(1, 80, 7)))
    scores = bundle(ice(10), ice(1, 46 * 24), ice(5, 44 * 24))
    answer = client.call(prefetch(scores=scores, neuro=bundle(alert()), therapy=doses))

    assert 2 == evaluation(answer)["icans"]["peakGrade"]


def test_scores_that_did_not_arrive_make_a_warning_card(client: Client) -> None:
    answer = client.call(prefetch(scores=outcome(), neuro=bundle(alert()), therapy=bundle(axi_cel())))

    assert answer["cards"][0]["summary"].startswith("ICANS could not be assessed")
    assert ("scores", "server-unavailable") in gaps(answer)


def test_what_arrived_of_the_observations_is_graded_where_it_is_a_floor(client: Client) -> None:
    paresis = coded("motor-finding", "hemiparesis")
    lost = client.call(prefetch(scores=outcome(), neuro=bundle(paresis, alert()), therapy=bundle(axi_cel())))
    found = client.call(prefetch(scores=bundle(ice(2)), neuro=outcome(), therapy=bundle(axi_cel())))

    for answer, certainty, what in ((lost, "exact", "ICE, CAPD"), (found, "at-least", "Neurological observations")):
        assert certainty == evaluation(answer)["icans"]["certainty"]
        assert "critical" == answer["cards"][0]["indicator"]
        assert f"{what}" in answer["cards"][0]["detail"]
        assert "gave no usable answer" in answer["cards"][0]["detail"]
        assert "did not arrive, or none recorded" in answer["cards"][0]["detail"]


def test_of_a_search_that_failed_a_short_card_does_not_say_that_nothing_was_recorded() -> None:
    short = Client(create_app(Settings(demo=True), now=lambda: NOW).test_client())
    told = {"scores": bundle(ice(2)), "therapy": bundle(axi_cel())}
    lost, none = (short.call(prefetch(neuro=neuro, **told))["cards"][0]["detail"] for neuro in (outcome(), bundle()))

    assert "none recorded: seizure" in none
    assert "none recorded" not in lost
    assert "Neurological observations: the record gave no usable answer" in lost


def test_scores_that_do_not_fit_on_a_page_are_cut_off(client: Client) -> None:
    page = bundle(*[ice(9, hours=number) for number in range(1000)])

    assert ("scores", "truncated") in gaps(client.call(prefetch(scores=page, therapy=bundle(axi_cel()))))


def test_a_client_that_sends_scores_under_the_older_key_is_understood(client: Client) -> None:
    answer = client.call(OLDER)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert not {kind for concept, kind in gaps(answer) if concept == "scores"}


def test_of_a_full_page_under_the_older_key_older_scores_are_not_known(client: Client) -> None:
    page = bundle(*[ice(9, hours=number * 6) for number in range(200)])
    answer = client.call(OLDER | {"neuro": page})

    assert ("neuro", "truncated") not in gaps(answer)
    assert ("scores", "truncated") in gaps(answer)


def test_under_the_older_key_there_may_be_no_score(client: Client) -> None:
    for neuro in (bundle(alert()), None):
        answer = client.call(OLDER | {"neuro": neuro})

        assert {("scores", "not-provided"), ("ice", "not-recorded")} <= gaps(answer)


def test_the_older_key_that_did_not_arrive_is_a_failure(client: Client) -> None:
    (card,) = client.call(OLDER | {"neuro": outcome()})["cards"]

    assert card["summary"].startswith("ICANS could not be assessed")


def test_scores_do_not_stand_in_for_the_other_findings(client: Client) -> None:
    text = refused(client.post(hook_request(without(prefetch(scores=bundle(ice(5))), "neuro"))), 412)

    assert "neuro (required)" in text
    assert "scores" not in text


def record(call: Call) -> Answer:
    """A server that has a score of before the therapy."""
    return Answer(bundle(ice(6, 60 * 24)) if "ice-total" in call.query.get("code", [""])[0] else bundle())


def test_from_a_client_with_the_older_key_the_server_is_asked_for_scores(client: Client) -> None:
    with serving(record) as server:
        answer = client.call(OLDER | {"neuro": bundle(ice(6), alert())}, fhirServer=server.base)

    assert 1 == len(server.calls)
    assert "needs-attribution" == evaluation(answer)["icans"]["certainty"]
    assert not {kind for concept, kind in gaps(answer) if concept == "scores"}


def test_where_the_server_fails_the_older_key_is_used_and_said_to_be_incomplete(client: Client) -> None:
    with serving(lambda _: Answer(outcome(), 500)) as server:
        answer = client.call(OLDER, fhirServer=server.base)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert ("scores", "truncated") in gaps(answer)


def test_where_the_server_fails_and_the_older_key_has_no_score_it_is_a_failure(client: Client) -> None:
    with serving(lambda _: Answer(outcome(), 500)) as server:
        (card,) = client.call(OLDER | {"neuro": bundle(alert())}, fhirServer=server.base)["cards"]

    assert card["summary"].startswith("ICANS could not be assessed")
