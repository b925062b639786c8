"""A request that is far too long gets a short refusal: the sender cannot inflate the answer."""

from __future__ import annotations

import pytest

from cds_service.errors import MAX_FAULTS
from cds_service.hooks.feedback import MAX_ENTRIES, MAX_SUGGESTIONS
from tests.excess import ACTS, FEEDBACK, SELECT, SUGGESTIONS, Excess, encoded, excess
from tests.hooks.client import Client
from tests.hooks.test_limits import limited
from tests.hooks.test_refusals import refused

EXCESS = {one.what: one for one in excess(values=30_000, characters=300_000)}
# The answer to a call without data, which lists keys and templates, has about 6 kB.
LARGEST_ANSWER = 8 * 1024


@pytest.mark.requirement("hooks:R6")
@pytest.mark.requirement("hooks:R9")
@pytest.mark.parametrize("given", EXCESS.values(), ids=EXCESS)
def test_an_answer_is_small_and_names_few_mistakes(client: Client, given: Excess) -> None:
    response = client.post(encoded(given.body), f"/cds-services/{given.service}")

    assert response.status_code in {200, 413, 422}
    assert len(response.data) < LARGEST_ANSWER
    assert len(response.get_json().get("issue", ())) <= MAX_FAULTS + 1


def test_the_longest_messages_here_are_the_longest_allowed() -> None:
    assert (MAX_ENTRIES, MAX_SUGGESTIONS) == (ACTS, SUGGESTIONS)


def test_the_number_of_further_mistakes_is_given(client: Client) -> None:
    entries = [{"card": "c 1"}] * 30
    issues = client.post({"feedback": entries}, f"/cds-services/{FEEDBACK}").get_json()["issue"]

    assert MAX_FAULTS + 1 == len(issues)
    assert issues[-1]["diagnostics"].startswith("70 more elements are wrong. Entries kept: 0.")


def test_the_first_wrong_selections_are_named(client: Client) -> None:
    text = refused(
        client.post(encoded(EXCESS["wrong selections"].body | {"context": wrong(25)}), f"/cds-services/{SELECT}"), 422
    )

    assert text.startswith("Not a CDS Hooks request: context.selections[0]: ")
    assert MAX_FAULTS == text.count("context.selections[")
    assert text.endswith("; and more")


def wrong(selections: int) -> dict[str, object]:
    """A context with this many wrong selections."""
    return EXCESS["wrong selections"].body["context"] | {"selections": [5] * selections}


@pytest.mark.requirement("hooks:R9")
def test_more_selections_than_allowed_drafts_are_413() -> None:
    client = limited(draft_limit=3)

    def answer(count: int) -> str:
        body = EXCESS["wrong selections"].body | {"context": wrong(count)}
        return refused(client.post(body, f"/cds-services/{SELECT}"), 422 if count < 4 else 413)

    assert "context.selections[0]" in answer(3)
    assert "ICANS_DRAFT_LIMIT" in answer(4)


@pytest.mark.requirement("hooks:R9")
def test_more_values_than_the_limit_are_413() -> None:
    client, path = limited(value_limit=10), f"/cds-services/{FEEDBACK}"

    assert "feedback[0]" in refused(client.post(b'{"feedback":[1,1,1,1,1,1,1,1,1]}', path), 422)
    assert "10 values (setting ICANS_VALUE_LIMIT)" in refused(
        client.post(b'{"feedback":[1,1,1,1,1,1,1,1,1,1]}', path), 413
    )


def test_the_time_limit_is_checked_between_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    client, looks = limited(call_seconds=60), iter([9.0] * 5 + [0.0] * 100)
    monkeypatch.setattr("cds_service.server.call_time.CallTime.left", property(lambda _: next(looks)))

    assert "ICANS_CALL_SECONDS" in refused(client.post({"feedback": [5] * 50}, f"/cds-services/{FEEDBACK}"), 503)
