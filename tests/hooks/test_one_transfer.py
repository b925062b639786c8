"""One Bundle for `therapy` and `drugs`, and lists that are cut off without being sorted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import alert, axi_cel, bundle, given, ice, outcome, prefetch
from tests.hooks.client import Client, evaluation
from tests.hooks.fhir_server import Answer, serving
from tests.hooks.test_fhir_access import record
from tests.hooks.test_prefetch import UNCHECKED, gaps, without

DEXAMETHASONE = "3264"
EVERYTHING = "https://ehr.example/fhir/MedicationAdministration?patient=p-1&_sort=-effective-time&_count=1000"
SCORED = {"scores": bundle(ice(5)), "neuro": bundle(alert())}
GIVEN = (given(DEXAMETHASONE, 2), axi_cel())


def of_search(url: str | None, *resources: dict[str, Any]) -> dict[str, Any]:
    """A searchset that says which search it answers."""
    return bundle(*resources, link=[{"relation": "self", "url": url}] if url else [])


def unchecked(answer: dict[str, Any]) -> bool:
    return UNCHECKED in answer["cards"][0]["detail"]


@pytest.mark.parametrize(("sent", "absent"), [("therapy", "drugs"), ("drugs", "therapy")])
def test_one_bundle_serves_both_keys(client: Client, sent: str, absent: str) -> None:
    both = client.call(prefetch(**SCORED, therapy=bundle(*GIVEN), drugs=bundle(*GIVEN)))
    one = client.call(without(prefetch(**SCORED, **{sent: of_search(EVERYTHING, *GIVEN)}), absent))

    assert evaluation(both) == evaluation(one)
    assert absent not in {concept for concept, _ in gaps(one)}


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://ehr.example/fhir/MedicationAdministration/_search",
        f"{EVERYTHING}&code=1987398",
        f"{EVERYTHING}&status=completed",
        f"{EVERYTHING}&effective-time=ge2026-03-01",
        f"{EVERYTHING}&_lastUpdated=ge2026-03-01",
        "https://[ehr.example/fhir/MedicationAdministration?patient=p-1",
    ],
)
def test_a_bundle_that_may_be_narrower_serves_only_its_own_key(client: Client, url: str | None) -> None:
    answer = client.call(without(prefetch(**SCORED, therapy=of_search(url, *GIVEN)), "drugs"))

    assert ("drugs", "not-provided") in gaps(answer)
    assert unchecked(answer)


def test_a_key_that_failed_is_not_served_by_the_other(client: Client) -> None:
    answer = client.call(prefetch(**SCORED, therapy=of_search(EVERYTHING, *GIVEN), drugs=outcome()))

    assert ("drugs", "server-unavailable") in gaps(answer)
    assert unchecked(answer)


def test_a_server_is_asked_for_the_window_of_the_missing_key(client: Client) -> None:
    with serving(record) as server:
        answer = client.call(
            without(prefetch(**SCORED, therapy=of_search(EVERYTHING, *GIVEN)), "drugs"), fhirServer=server.base
        )

    (call,) = server.calls
    assert ["ge2026-01-22T09:00:00Z"] == call.query["effective-time"]
    assert "drugs" not in {concept for concept, _ in gaps(answer)}


def test_where_the_server_fails_the_other_key_serves(client: Client) -> None:
    with serving(lambda _: Answer(outcome(), 500)) as server:
        answer = client.call(
            without(prefetch(**SCORED, therapy=of_search(EVERYTHING, *GIVEN)), "drugs"), fhirServer=server.base
        )

    assert "drugs" not in {concept for concept, _ in gaps(answer)}
    assert not unchecked(answer)


def test_drugs_reach_back_further_than_their_window_on_a_full_page(client: Client) -> None:
    """A full page is cut off for therapy, which has no window, but not for drugs of the last 45 days."""
    page = [given(DEXAMETHASONE, 1 + number * 2) for number in range(1000)]
    answer = client.call(without(prefetch(**SCORED, therapy=of_search(EVERYTHING, *page)), "drugs"))

    assert ("therapy", "truncated") in gaps(answer)
    assert "drugs" not in {concept for concept, _ in gaps(answer)}


def test_a_broken_bundle_still_says_which_search_it_answers(client: Client) -> None:
    broken = of_search(EVERYTHING, *GIVEN)
    broken["entry"].append({"resource": 7})
    answer = client.call(without(prefetch(**SCORED, therapy=broken), "drugs"))

    assert ("drugs", "incomplete") in gaps(answer)


# --- order ---------------------------------------------------------------------------------------------------


def drugs(*hours: float) -> list[dict[str, Any]]:
    return [given(DEXAMETHASONE, one) for one in hours]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(range(1, 1001), "truncated"), (range(1000, 0, -1), "incomplete"), ((2000, *range(1, 1000)), "incomplete")],
    ids=["newest first", "oldest first", "one old one first"],
)
def test_a_full_page_that_is_not_sorted_may_lack_the_newest(client: Client, hours: Any, expected: str) -> None:
    answer = client.call(prefetch(**SCORED, therapy=bundle(axi_cel()), drugs=bundle(*drugs(*hours))))

    assert ("drugs", expected) in gaps(answer)
    assert unchecked(answer) == (expected == "incomplete")


def test_a_full_page_of_any_order_is_asked_for_again(client: Client) -> None:
    page = bundle(*drugs(*range(1000, 0, -1)))
    with serving(record) as server:
        answer = client.call(prefetch(**SCORED, therapy=bundle(axi_cel()), drugs=page), fhirServer=server.base)

    assert ["MedicationAdministration"] == [call.kind for call in server.calls]
    assert "drugs" not in {concept for concept, _ in gaps(answer)}


def test_pages_that_are_missing_after_an_unsorted_one_may_be_the_newest(client: Client) -> None:
    def rule(call):
        if "page" in call.query:
            return Answer(outcome(), 500)
        if call.kind == "MedicationAdministration" and "effective-time" in call.query:
            return Answer(bundle(*drugs(9, 3), link=[{"relation": "next", "url": "MedicationAdministration?page=2"}]))
        return record(call)

    with serving(rule) as server:
        answer = client.call(fhirServer=server.base)

    assert ("drugs", "incomplete") in gaps(answer)
    assert unchecked(answer)


def test_periods_may_be_sorted_by_their_start_or_their_end(client: Client) -> None:
    def dose(start: float, end: float | None) -> dict[str, Any]:
        one = given(DEXAMETHASONE, start)
        period = {"start": one.pop("effectiveDateTime")}
        if end is not None:
            period["end"] = given(DEXAMETHASONE, end)["effectiveDateTime"]
        return one | {"effectivePeriod": period}

    by_end = [dose(30, None), dose(20, 2), dose(25, 4), *drugs(*range(30, 1027))]
    by_start = [dose(2, 1), dose(20, 9), dose(30, None), *drugs(*range(40, 1037))]
    neither = [dose(20, 9), dose(30, 12), dose(2, 1), *drugs(*range(40, 1037))]
    found = [
        {kind for concept, kind in gaps(client.call(prefetch(**SCORED, drugs=bundle(*page)))) if concept == "drugs"}
        for page in (by_end, by_start, neither)
    ]

    assert [{"truncated"}, {"truncated"}, {"incomplete"}] == found
