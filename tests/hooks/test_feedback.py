"""Feedback over HTTP, in the form of the specification and in Epic's, with every possible mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_service.hooks.blueprint import WIRING
from tests.builders import alert, axi_cel, bundle, ice, prefetch
from tests.hooks.client import Client

PATH = "/cds-services/icans-patient-view/feedback"
ENTRY = {
    "card": "21f3486f-4472-46f0-95ab-39d857ea9608",
    "outcome": "overridden",
    "outcomeTimestamp": "2026-03-08T09:10:00Z",
}
# As documented on fhir.epic.com, including the card's id and the blank system.
EPIC_REASON = {
    "reason": {"code": "contraindicated", "display": "bad", "system": "http: //example.org/override-reasons"},
    "userComment": "User Entered Free Text",
}
EPIC_EXTENSION = {
    "extension": {
        "com.epic.cdshooks.feedback.overrideReason.reasonCategory": "45",
        "com.epic.cdshooks.feedback.overrideReason.reasonDisplay": "Does not meet criteria",
        "com.epic.cdshooks.feedback.overrideReason.reasonTitle": "Does not meet criteria",
    },
    "userComment": "User Entered Free Text",
}


@pytest.fixture
def kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The feedback in the store."""
    entries: list[Any] = []
    store = client.flask.application.extensions[WIRING].delivery.store
    add = type(store).add

    def watched(self: Any, given: Any, *rest: Any) -> Any:
        entries.extend(given)
        return add(self, given, *rest)

    monkeypatch.setattr(type(store), "add", watched)
    return entries


def send(client: Client, *entries: Any) -> Any:
    response = client.post({"feedback": list(entries)}, PATH)
    assert 200 == response.status_code, response.text
    return response.get_json()


def refused(client: Client, body: Any) -> tuple[int, str]:
    response = client.post(body, PATH)
    assert "OperationOutcome" == response.get_json()["resourceType"]
    return response.status_code, response.get_json()["issue"][0]["diagnostics"]


@pytest.mark.requirement("hooks:B1")
@pytest.mark.requirement("hooks:B2")
@pytest.mark.requirement("hooks:B4")
def test_a_shown_card_is_recognised_by_its_uuid(client: Client, kept: list[Any]) -> None:
    (card,) = client.call(prefetch(neuro=bundle(ice(5), alert()), therapy=bundle(axi_cel())))["cards"]
    reason = {"reason": {"code": "grade-differs", "system": "urn:x"}, "userComment": "Mrs Miller is fine"}

    receipt = send(client, ENTRY | {"card": card["uuid"], "overrideReason": reason})

    assert {"received": 1, "new": 1, "unknownCards": 0} == receipt
    assert (card["uuid"], "urn:x", "grade-differs", True) == (
        kept[0].card,
        kept[0].reason_system,
        kept[0].reason,
        kept[0].commented,
    )
    assert "Miller" not in repr(kept)


@pytest.mark.requirement("hooks:B2")
def test_accepted_suggestions_are_kept(client: Client, kept: list[Any]) -> None:
    send(client, ENTRY | {"outcome": "accepted", "acceptedSuggestions": [{"id": "replaceWithGUID"}, {"id": "s-2"}]})
    assert ("replacewithguid", "s-2") == kept[0].accepted


@pytest.mark.requirement("hooks:B3")
def test_several_cards_may_come_in_one_message_and_a_card_twice(client: Client) -> None:
    later = ENTRY | {"outcomeTimestamp": "2026-03-08T09:11:00Z"}
    other = ENTRY | {"card": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"}

    assert {"received": 4, "new": 3, "unknownCards": 2} == send(client, ENTRY, later, other, ENTRY)
    assert {"received": 1, "new": 0, "unknownCards": 1} == send(client, later)


@pytest.mark.requirement("hooks:B6")
@pytest.mark.parametrize(
    ("override", "system", "code"),
    [
        (EPIC_REASON, "", "contraindicated"),
        (EPIC_EXTENSION, "com.epic.cdshooks.feedback.overrideReason.reasonCategory", "45"),
        ([EPIC_EXTENSION], "com.epic.cdshooks.feedback.overrideReason.reasonCategory", "45"),
        ([], "", ""),
        ({"userComment": "only words"}, "", ""),
    ],
)
def test_epics_form_is_accepted(client: Client, kept: list[Any], override: Any, system: str, code: str) -> None:
    epic = {"card": "123456", "outcome": "overridden", "outcomeTimestamp": "2022-05-19T19:44:04Z"}

    assert 1 == send(client, epic | {"overrideReasons": override})["received"]
    assert (system, code, bool(override and "userComment" in str(override))) == (
        kept[0].reason_system,
        kept[0].reason,
        kept[0].commented,
    )


@pytest.mark.requirement("hooks:E2")
@pytest.mark.parametrize(
    "more",
    [
        {"extension": {"x": 1}},
        {"overrideReason": None},
        {"overrideReason": {}},
        {"overrideReason": {"reason": None, "extension": 3}},
        {"card": "urn:uuid:21F3486F-4472-46F0-95AB-39D857EA9608"},
        {"outcomeTimestamp": "2026-03-08T10:10:00.123456+01:00"},
    ],
)
def test_odd_but_readable_feedback_is_accepted(client: Client, kept: list[Any], more: dict[str, Any]) -> None:
    send(client, ENTRY | more)
    assert (ENTRY["card"], "") == (kept[0].card, kept[0].reason)


def test_a_reason_that_is_not_a_code_is_not_kept(client: Client, kept: list[Any]) -> None:
    send(client, ENTRY | {"overrideReason": {"reason": {"code": "Mrs Miller, bed 4", "system": "urn:x y"}}})
    assert ("", "uncoded") == (kept[0].reason_system, kept[0].reason)


@pytest.mark.requirement("hooks:R5")
@pytest.mark.requirement("hooks:R6")
@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"card": None}, "feedback[0].card"),
        ({"card": "Mrs Miller"}, "feedback[0].card"),
        ({"card": "x" * 65}, "feedback[0].card"),
        ({"card": "x\n"}, "feedback[0].card"),
        ({"outcome": "ignored"}, "feedback[0].outcome"),
        ({"outcomeTimestamp": "2026-03-08"}, "feedback[0].outcomeTimestamp"),
        ({"outcomeTimestamp": "2026-03-08T09:10:00"}, "feedback[0].outcomeTimestamp"),
        ({"outcomeTimestamp": 1772960000}, "feedback[0].outcomeTimestamp"),
        ({"outcome": "accepted"}, "feedback[0].acceptedSuggestions"),
        ({"outcome": "accepted", "acceptedSuggestions": []}, "feedback[0].acceptedSuggestions"),
        ({"outcome": "accepted", "acceptedSuggestions": ["s-1"]}, "feedback[0].acceptedSuggestions[0]"),
        ({"outcome": "accepted", "acceptedSuggestions": [{"id": "s"}, {}]}, "feedback[0].acceptedSuggestions[1].id"),
        ({"acceptedSuggestions": [{"id": "s"}] * 21}, "feedback[0].acceptedSuggestions"),
        ({"overrideReason": "no"}, "feedback[0].overrideReason"),
    ],
)
def test_an_invalid_entry_is_named_and_the_others_are_kept(
    client: Client, kept: list[Any], more: dict[str, Any], place: str
) -> None:
    good = ENTRY | {"outcomeTimestamp": "2026-03-08T09:12:00Z"}
    response = client.post({"feedback": [ENTRY | more, good]}, PATH)
    wrong, note = response.get_json()["issue"]

    assert (422, [good["card"]]) == (response.status_code, [entry.card for entry in kept])
    assert ("error", [place]) == (wrong["severity"], wrong["expression"])
    assert wrong["diagnostics"].startswith(f"{place}: ")
    assert ("information", "Entries kept: 1.") == (note["severity"], note["diagnostics"][:16])
    assert "Miller" not in response.text


@pytest.mark.requirement("hooks:B3")
def test_a_whole_message_may_be_sent_again(client: Client) -> None:
    good = [ENTRY | {"outcomeTimestamp": f"2026-03-08T10:0{minute}:00Z"} for minute in range(3)]
    message = {"feedback": [good[0], {"card": "x y"}, good[1], 7, good[2]]}
    first, again = client.post(message, PATH), client.post(message, PATH)

    assert first.get_json() == again.get_json()
    assert 422 == again.status_code
    expressions = [issue["expression"][0] for issue in again.get_json()["issue"] if issue["severity"] == "error"]
    assert {"feedback[1]", "feedback[3]"} == {one.split(".")[0] for one in expressions}
    assert {"received": 3, "new": 0, "unknownCards": 1} == send(client, *good)


@pytest.mark.parametrize(
    "body", [[], {}, {"feedback": []}, {"feedback": {}}, {"feedback": [1]}, {"feedback": [None]}, 3, None]
)
def test_feedback_of_another_shape_is_422(client: Client, body: Any) -> None:
    assert 422 == refused(client, json.dumps(body).encode())[0]


def test_more_entries_than_a_message_may_have_are_422(client: Client) -> None:
    assert 422 == refused(client, {"feedback": [ENTRY] * 1001})[0]


@pytest.mark.parametrize("body", [b"", b"{", b'{"feedback": NaN}', b"[" * 20, b'{"feedback": "\xff"}'])
def test_what_is_not_json_is_400(client: Client, body: bytes) -> None:
    assert (400, "The body is not JSON.") == refused(client, body)


@pytest.mark.requirement("hooks:R9")
def test_unknown_services_wrong_methods_and_large_bodies_are_refused(client: Client) -> None:
    assert 404 == client.post({"feedback": [ENTRY]}, "/cds-services/none/feedback").status_code
    assert 405 == client.flask.get(PATH).status_code
    assert 413 == client.post(b" " * (20 * 1024 * 1024 + 1), PATH).status_code
