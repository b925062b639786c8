"""From JSON to typed resources, entry by entry."""

from __future__ import annotations

import json

import pytest

from cds_service.fhir_mapping.r4.bundles import NotJson, Page, read_page
from cds_service.fhir_mapping.r4.structs import Observation
from tests.builders import alert, bundle, ice, outcome


def read(value: object) -> Page:
    """A page from a value."""
    return read_page(json.dumps(value).encode())


def test_a_bundle_of_known_resources() -> None:
    page = read(bundle(ice(3), alert(), link=[{"relation": "next", "url": "https://x.example/fhir?page=2"}]))

    assert (2, 2, "https://x.example/fhir?page=2", False) == (
        len(page.resources),
        page.entries,
        page.next_link,
        page.error,
    )


def test_entries_of_other_types_are_passed_over() -> None:
    page = read(bundle({"resourceType": "Claim", "id": "c"}, ice(3), {"resourceType": "Foo"}))

    assert (1, [], 3) == (len(page.resources), page.unreadable, page.entries)


def test_a_bad_entry_costs_only_what_of_it_cannot_be_read() -> None:
    page = read(bundle(ice(3) | {"valueInteger": "three"}, ice(4)))

    assert [("valueInteger",), ()] == [one.unread for one in page.resources]
    assert [] == page.unreadable


@pytest.mark.parametrize("code", [1, {"coding": 5}, {"coding": [5, "x"]}])
def test_an_entry_with_an_unreadable_code_is_reported_by_its_type(code: object) -> None:
    page = read(bundle({"resourceType": "Observation", "code": code}))

    assert (["Observation"], []) == (page.unreadable, page.resources)


@pytest.mark.parametrize("other", [{"resource": {"resourceType": "Claim"}}, {"fullUrl": "urn:y"}])
def test_entries_without_resource_are_no_resources(other: dict[str, object]) -> None:
    page = read({"resourceType": "Bundle", "entry": [{"fullUrl": "urn:x"}, other]})

    assert ([], 2) == (page.resources, page.entries)


def test_a_single_resource_is_a_page_of_one() -> None:
    page = read(ice(3))

    assert [Observation] == [type(resource) for resource in page.resources]
    assert not page.error


@pytest.mark.parametrize(
    "value",
    [
        {"resourceType": "Claim"},
        {},
        {"a": 1},
        [],
        "text",
        3,
        {"resourceType": "Bundle", "entry": "x"},
        {"resourceType": 3},
        {"resourceType": ""},
    ],
)
def test_what_is_json_but_nothing_we_know_is_an_error(value: object) -> None:
    page = read(value)

    assert ([], True) == (page.resources, page.error)


@pytest.mark.parametrize(
    ("resource", "error", "failure"),
    [
        (outcome("error"), True, "server-unavailable"),
        (outcome("fatal", "timeout"), True, "server-unavailable"),
        (outcome("error", "forbidden"), True, "not-permitted"),
        (outcome("warning", "not-found"), False, None),
        (outcome("information"), False, None),
    ],
)
@pytest.mark.requirement("hooks:P8")
def test_an_outcome_is_a_failure_or_a_remark(resource: dict, failure: str | None, *, error: bool) -> None:
    page = read(bundle(resource))

    assert ([], error, failure) == (page.resources, page.error, page.failure)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"resourceType": "Bundle", "entry": [}',
        b"<html></html>",
        b'{"resourceType": "Observation", "valueInteger": NaN}',
        b'{"resourceType": "Observation", "valueInteger": 1e999999}',
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation", "id": 1e999999}}]}',
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation", "status": "\\ud800"}}]}',
        b'{"resourceType": "Observation", "status": "\xff"}',
        b'{"resourceType": "Bundle", "entry": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"resourceType": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_told_apart(text: bytes) -> None:
    with pytest.raises(NotJson):
        read_page(text)


@pytest.mark.parametrize(
    "bad", [5, None, "x", [], {"resource": 5}, {"resource": []}, {"resource": {"resourceType": 7}}]
)
def test_an_entry_that_is_none_costs_only_itself_and_is_reported(bad: object) -> None:
    page = read({"resourceType": "Bundle", "entry": [{"resource": ice(3)}, bad, {"resource": ice(4)}]})

    assert [Observation, Observation] == [type(resource) for resource in page.resources]
    assert ["resource"] == page.unreadable
    assert "an entry that is no resource" == page.incomplete
    assert not page.error


def test_a_resource_that_is_null_is_none() -> None:
    page = read({"resourceType": "Bundle", "entry": [{"resource": None}, 5, {"resource": None}]})

    assert ([], 1) == (page.resources, len(page.unreadable))


# --- Bundles in another shape, or not complete -----------------------------------------------------------------------


def entry(resource: object = None, status: str | None = None, **more: object) -> dict[str, object]:
    """An entry of a batch response."""
    return {"resource": resource, **({"response": {"status": status}} if status else {}), **more}


def batch(*entries: object) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": "batch-response", "entry": list(entries)}


NEXT = [{"relation": "next", "url": "https://x.example/fhir?page=2"}]


@pytest.mark.parametrize(
    "sent",
    [
        batch(entry(bundle(ice(3), alert()), "200 OK")),
        batch(entry(bundle(ice(3)), "200 OK"), entry(bundle(alert()), "200 OK")),
        batch(entry(batch(entry(bundle(ice(3), alert()))))),
        bundle(ice(3)) | {"entry": [entry(ice(3)), entry(bundle(alert()))]},
        {"resource": bundle(ice(3), alert())},
        {"resource": {"resourceType": "Bundle", "entry": [entry(ice(3)), {"resource": alert(), "search": 5}]}},
        [ice(3), alert()],
        [{"resource": ice(3)}, {"resource": alert()}],
        [bundle(ice(3)), bundle(alert())],
        {"resourceType": "Bundle", "link": None, "total": "2", "entry": [entry(ice(3)), entry(alert())]},
        {"resourceType": "Bundle", "link": [5, {}], "entry": [{"resource": ice(3), "response": 7}, entry(alert())]},
    ],
)
def test_a_bundle_in_another_shape_is_unwrapped(sent: object) -> None:
    page = read(sent)

    assert [Observation, Observation] == [type(resource) for resource in page.resources]
    assert (False, "", []) == (page.error, page.incomplete, page.unreadable)


@pytest.mark.parametrize("sent", [{"resource": ice(3)}, {"resourceType": "Bundle", "entry": {"resource": ice(3)}}])
def test_a_wrapped_resource_is_that_one(sent: object) -> None:
    assert ([Observation], False) == ([type(one) for one in read(sent).resources], read(sent).error)


@pytest.mark.parametrize("sent", [[], [[]], [5], {"resource": None}, {"resource": {"resource": {}}}, [{"x": 1}]])
def test_a_wrapping_without_anything_in_it_is_an_error(sent: object) -> None:
    assert ([], True) == (read(sent).resources, read(sent).error)


@pytest.mark.parametrize("sent", [{"resource": bundle()}, batch(entry(bundle())), [bundle()], bundle(link=None)])
def test_an_empty_bundle_in_another_shape_is_empty(sent: object) -> None:
    assert ([], False, "") == (read(sent).resources, read(sent).error, read(sent).incomplete)


@pytest.mark.requirement("hooks:P8")
@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("401 Unauthorized", "not-permitted"),
        ("403", "not-permitted"),
        ("404 Not Found", "server-unavailable"),
        ("500", "server-unavailable"),
        ("304 Not Modified", "server-unavailable"),
    ],
)
@pytest.mark.parametrize("resource", [None, outcome("error"), bundle(ice(3)), {"resourceType": "Claim"}, ice(3)])
def test_an_entry_with_the_status_of_a_failure_is_one(resource: object, status: str, failure: str) -> None:
    page = read(batch(entry(resource, status), entry(bundle(alert()), "200 OK")))

    assert (True, failure) == (page.error, page.failure)


def test_a_status_that_is_none_says_nothing() -> None:
    page = read(batch({"resource": bundle(ice(3)), "response": {"status": {}}}, {"response": "x", "resource": ice(3)}))

    assert (2, False) == (len(page.resources), page.error)


@pytest.mark.parametrize(
    "code", ["suppressed", "incomplete", "throttled", "timeout", "too-costly", "security", "forbidden"]
)
@pytest.mark.parametrize("severity", ["warning", "information"])
def test_a_remark_that_something_was_left_out_is_kept(severity: str, code: str) -> None:
    remark = outcome(severity, code)
    pages = [
        read(bundle(ice(3), remark)),
        read(batch(entry(bundle(ice(3), remark)))),
        read(batch(entry(bundle(ice(3)), "200", response={"status": "200", "outcome": remark}))),
    ]

    assert {f"OperationOutcome: {code}"} == {page.incomplete for page in pages}
    assert {False} == {page.error for page in pages}


@pytest.mark.parametrize("sent", [bundle(), batch(entry(bundle(), "200"))])
def test_an_entry_without_a_resource_is_no_whole_answer(sent: dict[str, list[object]]) -> None:
    for empty in ({"fullUrl": "https://ehr.example/fhir/MedicationAdministration/1"}, {"resource": None, "search": 5}):
        page = read(sent | {"entry": [*sent["entry"], empty]})

        assert "an entry without a resource" == page.incomplete


def test_of_several_bundles_with_further_pages_only_one_can_be_followed() -> None:
    one = read(batch(entry(bundle(ice(3), link=NEXT)), entry(bundle(alert()))))
    two = read(batch(entry(bundle(ice(3), link=NEXT)), entry(bundle(alert(), link=NEXT))))

    assert (NEXT[0]["url"], "") == (one.next_link, one.incomplete)
    assert "further pages of several Bundles" == two.incomplete


def test_what_a_total_counts() -> None:
    extra = [entry(ice(3), search={"mode": mode}) for mode in ("match", "include", "outcome")]
    odd = [entry({"resourceType": "Claim"}), entry(ice(3) | {"valueInteger": "3"}, search={"mode": "match"})]

    plain = read({"resourceType": "Bundle", "total": 9, "entry": extra})
    nested = read(batch(entry(bundle(total=3)), entry(bundle(total=4))))

    assert (1, 9, 3) == (plain.matches, plain.total, plain.entries)
    assert 2 == read({"resourceType": "Bundle", "entry": odd}).matches
    assert 7 == nested.total


@pytest.mark.parametrize("total", [True, "9", 2.5, None, [], {}])
def test_a_total_that_is_none_says_nothing(total: object) -> None:
    page = read(bundle(ice(3), total=total))

    assert (None, 1) == (page.total, len(page.resources))


def test_resources_that_others_refer_to_are_known_by_their_full_url() -> None:
    medication = {"resourceType": "Medication", "id": "m"}
    strict = batch(entry(medication, fullUrl="urn:uuid:1"), entry(ice(3), fullUrl="urn:uuid:2"))
    odd = entry(medication | {"ingredient": None}, fullUrl="urn:uuid:3")
    careful = batch(entry(medication, fullUrl="urn:uuid:1"), odd, entry(ice(3), fullUrl=4))

    assert {"urn:uuid:1"} == set(read(strict).by_full_url)
    assert {"urn:uuid:1", "urn:uuid:3"} == set(read(careful).by_full_url)
    assert {"urn:uuid:1"} == set(read(batch(entry(strict))).by_full_url)
