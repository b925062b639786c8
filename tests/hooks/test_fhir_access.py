"""Access to the FHIR server, working and failing (hooks:F1-F4, contract.md 1)."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.builders import (
    NOW,
    alert,
    axi_cel,
    bundle,
    concept,
    given,
    hook_request,
    ice,
    observation,
    outcome,
    patient,
    prefetch,
)
from tests.hooks.client import Client, evaluation
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_prefetch import gaps, without
from tests.hooks.test_refusals import refused

RECORD: dict[str, list[dict[str, Any]]] = {
    "Observation": [ice(5), alert()],
    "MedicationAdministration": [axi_cel()],
}


def record(call: Call) -> Answer:
    """A server with only this record."""
    if call.kind == "Patient":
        return Answer(patient())
    code = call.query.get("code", [""])[0]
    found = [] if call.kind == "Observation" and "ice-total" not in code else RECORD.get(call.kind, [])
    return Answer(bundle(*found))


def but(kind: str, answer: Answer, key: str = ""):
    """The record, with another answer for one resource type; `key`: only for searches whose code contains it."""

    def rule(call: Call) -> Answer:
        hit = call.kind == kind and key in call.query.get("code", [""])[0]
        return answer if hit else record(call)

    return rule


SCORES = "ice-total"


def test_fhir_alone_is_enough(client: Client) -> None:
    with serving(record) as server:
        answer = client.call(fhirServer=server.base)

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert ("exact", "axicabtagene ciloleucel") == (
        evaluation(answer)["icans"]["certainty"],
        evaluation(answer)["patient"]["therapy"],
    )


@pytest.mark.requirement("hooks:P10")
def test_prefetch_and_fhir_give_the_same_answer(client: Client) -> None:
    with serving(record) as server:
        by_fhir = client.call(fhirServer=f"{server.base}/")
    by_prefetch = client.call(
        prefetch(
            scores=bundle(*RECORD["Observation"]),
            **dict.fromkeys(("therapy", "drugs"), bundle(*RECORD["MedicationAdministration"])),
        )
    )

    assert evaluation(by_prefetch) == evaluation(by_fhir)
    assert [card["summary"] for card in by_prefetch["cards"]] == [card["summary"] for card in by_fhir["cards"]]
    assert [card["detail"] for card in by_prefetch["cards"]] == [card["detail"] for card in by_fhir["cards"]]


def test_only_what_is_missing_is_fetched(client: Client) -> None:
    fetched = without(prefetch(therapy=bundle(axi_cel())), "scores", "conditions")
    with serving(record) as server:
        answer = client.call(fetched, fhirServer=server.base)

    assert ["Condition", "Observation"] == sorted(call.kind for call in server.calls)
    assert 2 == evaluation(answer)["icans"]["grade"]


@pytest.mark.requirement("hooks:P8")
def test_a_prefetch_that_failed_is_not_requested_again(client: Client) -> None:
    with serving(record) as server:
        client.call(prefetch(neuro=outcome()), fhirServer=server.base)

    assert [] == server.calls


def test_malformed_prefetch_is_requested_again(client: Client) -> None:
    with serving(record) as server:
        answer = client.call(prefetch(scores="?", therapy=bundle(axi_cel())), fhirServer=server.base)

    assert 2 == evaluation(answer)["icans"]["grade"]


@pytest.mark.requirement("hooks:F1")
def test_every_search_has_the_callers_token_and_requests_fresh_fhir_json(client: Client) -> None:
    with serving(record) as server:
        client.call(fhirServer=server.base, fhirAuthorization={"access_token": "t0ken", "token_type": "Bearer"})

    assert 11 == len(server.calls)
    assert {"Bearer t0ken"} == {call.headers["Authorization"] for call in server.calls}
    assert {"application/fhir+json"} == {call.headers["Accept"] for call in server.calls}
    assert {"no-cache"} == {call.headers["Cache-Control"] for call in server.calls}


def test_without_a_token_none_is_sent(client: Client) -> None:
    with serving(record) as server:
        client.call(fhirServer=server.base)

    assert not any("Authorization" in call.headers for call in server.calls)


def test_searches_use_the_time_windows_of_the_contract(client: Client) -> None:
    with serving(record) as server:
        client.call(fhirServer=server.base)

    scores = next(call for call in server.asked("Observation") if SCORES in call.query["code"][0])
    neuro = next(call for call in server.asked("Observation") if "other-cause" in call.query["code"][0])
    vitals = next(call for call in server.asked("Observation") if "8310-5" in call.query["code"][0])
    therapy, drugs = sorted(server.asked("MedicationAdministration"), key=lambda call: "effective-time" in call.query)
    questionnaires = server.asked("QuestionnaireResponse")[0]
    assert "date" not in scores.query
    assert ["-date"] == scores.query["_sort"]
    assert ["ge2026-01-22T09:00:00Z"] == neuro.query["date"]
    assert ["ge2025-10-24T09:00:00Z"] == questionnaires.query["authored"]
    assert ["ge2026-02-22T09:00:00Z"] == vitals.query["date"]
    assert ["ge2026-01-22T09:00:00Z"] == drugs.query["effective-time"]
    assert "code" not in therapy.query
    assert ["p-1"] == therapy.query["patient"]


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (Answer(outcome(), 401), "not-permitted", "HTTP 401"),
        (Answer(outcome(), 403), "not-permitted", "HTTP 403"),
        (Answer(outcome(), 404), "server-unavailable", "HTTP 404"),
        (Answer(outcome(), 410), "server-unavailable", "HTTP 410"),
        (Answer(outcome(), 400), "server-unavailable", "HTTP 400"),
        (Answer(outcome(), 500), "server-unavailable", "HTTP 500"),
        (Answer(outcome(), 503), "server-unavailable", "HTTP 503"),
        (Answer(b"<html>login</html>", headers={"Content-Type": "text/html"}), "unreadable", "the answer is not JSON"),
        (Answer(b'{"resourceType": "Bundle", "entry": ['), "unreadable", "the answer is not JSON"),
        (Answer(bundle(ice(5)), cut=20), "server-unavailable", "no connection, or it was interrupted"),
        (Answer({"resourceType": "Claim"}), "unreadable", "the answer is not a Bundle"),
        (Answer(outcome()), "server-unavailable", "an OperationOutcome instead of data"),
        (Answer(b"", 302, {"Location": "http://127.0.0.1:9/steal"}), "server-unavailable", "HTTP 302"),
        (Answer(bundle(), delay=3), "server-unavailable", "no answer within the deadline"),
    ],
)
@pytest.mark.requirement("hooks:F4")
def test_missing_observations_lead_to_a_warning_card(client: Client, answer: Answer, kind: str, why: str) -> None:
    with serving(but("Observation", answer, SCORES)) as server:
        said = client.call(fhirServer=server.base, fhirAuthorization={"access_token": "t"})

    (card,) = said["cards"]
    assert ("warning", "icansDataMissing") == (card["indicator"], card["source"]["topic"]["code"])
    assert {"concept": "scores", "kind": kind, "count": 1, "detail": why} in evaluation(said)["gaps"]


def test_all_searches_share_one_deadline(client: Client) -> None:
    with serving(lambda _: Answer(bundle(), delay=5)) as server:
        begun = time.monotonic()
        said = client.call(fhirServer=server.base)
        took = time.monotonic() - begun

    assert "ICANS could not be assessed" in said["cards"][0]["summary"]
    assert took < 2.5


def test_an_unreachable_server_is_unavailable(client: Client) -> None:
    with serving(record) as server:
        gone = server.base
    said = client.call(fhirServer=gone)

    assert ("patient", "server-unavailable") in gaps(said)


def test_a_missing_patient_is_never_graded(client: Client) -> None:
    with serving(but("Patient", Answer(outcome(), 404))) as server:
        said = client.call(fhirServer=server.base)

    assert "the patient's record did not arrive" in said["cards"][0]["summary"]


def test_another_patient_from_the_server_is_422(client: Client) -> None:
    with serving(but("Patient", Answer(patient(id="p-2")))) as server:
        refused(client.post(hook_request(fhirServer=server.base)), 422)


def test_one_other_failed_search_is_only_a_gap(client: Client) -> None:
    with serving(but("Condition", Answer(outcome(), 500))) as server:
        said = client.call(fhirServer=server.base)

    assert 2 == evaluation(said)["icans"]["grade"]
    assert ("conditions", "server-unavailable") in gaps(said)


# --- pages --------------------------------------------------------------------------------------------------


def pages(*contents: list[dict], base: str, last: str | None = None) -> Any:
    """Observations on several pages; `last` replaces the final next link."""

    def rule(call: Call) -> Answer:
        if call.kind == "Observation" and (SCORES in call.query.get("code", [""])[0] or "page" in call.query):
            number = int(call.query.get("page", ["0"])[0])
            following = f"{base.format(call=call)}Observation?page={number + 1}"
            link = [{"relation": "next", "url": following}] if number + 1 < len(contents) else []
            if last and number + 1 == len(contents):
                link = [{"relation": "next", "url": last}]
            return Answer(bundle(*contents[number], link=link))
        return record(call)

    return rule


@pytest.mark.parametrize("base", ["", "http://{call.headers[Host]}/fhir/"])
@pytest.mark.requirement("hooks:P6")
def test_next_links_are_followed_relative_or_absolute(client: Client, base: str) -> None:
    with serving(pages([ice(9, 30)], [ice(8, 20)], [ice(5), alert()], base=base)) as server:
        said = client.call(fhirServer=server.base)

    assert 2 == evaluation(said)["icans"]["grade"]
    assert ("scores", "truncated") not in gaps(said)


@pytest.mark.parametrize(
    "evil",
    [
        "http://evil.example/fhir/Observation?page=9",
        "//evil.example/x",
        "/other/Observation?page=9",
        "http://127.0.0.1:1/fhir/x",
    ],
)
def test_a_next_link_to_another_server_is_not_followed(client: Client, evil: str) -> None:
    with serving(pages([ice(5), alert()], base="", last=evil)) as server:
        said = client.call(fhirServer=server.base, fhirAuthorization={"access_token": "t"})

    assert 2 == evaluation(said)["icans"]["grade"]
    assert ("scores", "truncated") in gaps(said)
    assert {"/fhir"} == {f"/{urlsplit(call.path).path.split('/')[1]}" for call in server.calls}


def test_a_next_link_in_a_circle_ends(client: Client) -> None:
    with serving(pages([ice(5), alert()], base="", last="Observation?page=0")) as server:
        said = client.call(fhirServer=server.base)

    assert ("scores", "truncated") in gaps(said)
    assert len(server.asked("Observation")) < 8


def test_the_rest_of_a_prefetched_page_is_fetched(client: Client) -> None:
    with serving(pages([], [ice(5), alert()], base="")) as server:
        first = bundle(ice(9, 30), link=[{"relation": "next", "url": f"{server.base}/Observation?page=1"}])
        said = client.call(prefetch(scores=first, therapy=bundle(axi_cel())), fhirServer=server.base)

    assert 2 == evaluation(said)["icans"]["grade"]
    assert ("scores", "truncated") not in gaps(said)
    assert 1 == len(server.calls)


def test_a_failed_later_page_leaves_the_first(client: Client) -> None:
    def rule(call: Call) -> Answer:
        if "page" in call.query:
            return Answer(outcome(), 500)
        return pages([ice(5), alert()], [], base="")(call)

    with serving(rule) as server:
        said = client.call(fhirServer=server.base)

    assert 2 == evaluation(said)["icans"]["grade"]
    assert ("scores", "truncated") in gaps(said)


# --- references ---------------------------------------------------------------------------------------------


def referring(name: str) -> dict:
    """A dose whose drug is a reference."""
    resource = given("x", 120) | {"medicationReference": {"reference": f"Medication/{name}"}}
    del resource["medicationCodeableConcept"]
    return resource


def test_a_medication_that_was_not_included_is_read(client: Client) -> None:
    medication = {
        "resourceType": "Medication",
        "id": "m-1",
        "code": concept("1987398", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    }

    def rule(call: Call) -> Answer:
        if call.kind == "MedicationAdministration":
            return Answer(bundle(referring("m-1")))
        return Answer(medication) if call.kind == "Medication" else record(call)

    with serving(rule) as server:
        said = client.call(fhirServer=server.base)

    assert "axicabtagene ciloleucel" == evaluation(said)["patient"]["therapy"]
    assert 1 == len(server.asked("Medication"))


def test_a_medication_that_cannot_be_read_is_a_gap(client: Client) -> None:
    def rule(call: Call) -> Answer:
        if call.kind == "MedicationAdministration":
            return Answer(bundle(referring("m-1"), referring("../secret")))
        return Answer(outcome(), 404) if call.kind == "Medication" else record(call)

    with serving(rule) as server:
        said = client.call(fhirServer=server.base)

    assert ("medication", "unreadable") in gaps(said)
    assert {"/fhir/Medication/m-1", "/fhir/Medication/secret"} >= {call.path for call in server.asked("Medication")}


def test_members_of_a_panel_that_were_not_included_are_read(client: Client) -> None:
    panel = observation("ice-total", hasMember=[{"reference": "Observation/item-1"}])
    member = observation("ice-writing", id="item-1", valueInteger=0)

    def rule(call: Call) -> Answer:
        if call.path.endswith("Observation/item-1"):
            return Answer(member)
        return (
            Answer(bundle(panel, alert()))
            if call.kind == "Observation" and SCORES in call.query["code"][0]
            else record(call)
        )

    with serving(rule) as server:
        said = client.call(fhirServer=server.base)

    assert ("at-least", 1) == (evaluation(said)["icans"]["certainty"], evaluation(said)["icans"]["grade"])


def test_a_server_that_refuses_include_is_searched_without_it(client: Client) -> None:
    def rule(call: Call) -> Answer:
        return Answer(outcome(), 400) if "_include" in call.query else record(call)

    with serving(rule) as server:
        said = client.call(fhirServer=server.base)

    assert "axicabtagene ciloleucel" == evaluation(said)["patient"]["therapy"]


def test_the_answer_is_as_of_now(client: Client) -> None:
    assert "2026-03-08T09:00:00Z" == evaluation(client.call(prefetch()))["asOf"]
    assert NOW.year == 2026
