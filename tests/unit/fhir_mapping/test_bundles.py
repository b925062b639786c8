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
