"""Each search parameter of the embedded server, with matches and without."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.sandbox.fhir.matching import test_of as matcher
from cds_service.sandbox.fhir.parameters import PARAMETERS, span_of
from cds_service.sandbox.fhir.search import SearchError, search
from cds_service.sandbox.fhir.store import Store
from tests.builders import NOW

PATIENT = {"reference": "Patient/p"}
LOINC, UNIT = "http://loinc.org", "http://unit.example"


def coded(*pairs: tuple[str | None, str]) -> dict[str, Any]:
    return {"coding": [{"code": code} | ({"system": system} if system else {}) for system, code in pairs]}


def observation(identity: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": identity, "status": "final", "subject": PATIENT} | more


FEVER = observation(
    "fever",
    code=coded((LOINC, "8310-5"), (UNIT, "T")),
    category=[coded(("c", "vital-signs"))],
    effectiveDateTime="2026-03-08T09:00:00+01:00",
)
ICE = observation("ice", code=coded((UNIT, "ice")), status="amended", effectivePeriod={"start": "2026-03-07T10:00:00Z"})
OTHER = observation(
    "other",
    code=coded((None, "T")),
    subject={"reference": "https://ehr.example/fhir/Patient/q/_history/2"},
    effectiveDateTime="2026-03-06",
)
UNDATED = observation("undated", code={"text": "no code"}, subject={"reference": "Group/p"})
DRUG = {"resourceType": "Medication", "id": "drug", "code": coded((UNIT, "dexa"))}
GIVEN = {
    "resourceType": "MedicationAdministration",
    "id": "given",
    "status": "completed",
    "subject": PATIENT,
    "medicationReference": {"reference": "Medication/drug"},
    "effectivePeriod": {"start": "2026-03-08T08:00:00Z", "end": "2026-03-08T10:00:00Z"},
}
INLINE = {
    "resourceType": "MedicationAdministration",
    "id": "inline",
    "status": "completed",
    "subject": PATIENT,
    "medicationCodeableConcept": coded((UNIT, "toci")),
    "effectiveDateTime": "2026-03-08T11:00:00Z",
}
TASK = {"resourceType": "Task", "id": "task", "status": "draft", "for": PATIENT, "authoredOn": "2026-03-08T11:00:00Z"}
NIGHT = TASK | {"id": "night", "for": {"reference": "Patient/n"}, "authoredOn": "2026-03-09T00:30:00+01:00"}
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "stay",
    "status": "in-progress",
    "class": {"system": "act", "code": "IMP"},
    "subject": PATIENT,
    "period": {"start": "2026-03-01"},
}
PERSON = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "mrn", "value": "7"}], "birthDate": "1966-09"}


@pytest.fixture(scope="module")
def store() -> Store:
    """A store with a few resources."""
    held = [FEVER, ICE, OTHER, UNDATED, DRUG, GIVEN, INLINE, TASK, NIGHT, ENCOUNTER, PERSON]
    store = Store(lambda: NOW)
    store.load([{"entry": [{"resource": one} for one in held]}])
    return store


def ids(store: Store, query: str) -> list[str]:
    """The ids that a search finds, in order."""
    kind, _, parameters = query.partition("?")
    pairs = [tuple(part.split("=", 1)) for part in parameters.split("&") if part]
    return [one["id"] for one in search(store, kind, pairs).matches]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation", ["fever", "ice", "other", "undated"]),
        ("Observation?_id=ice", ["ice"]),
        ("Observation?_id=ice,fever,nobody", ["fever", "ice"]),
        ("Observation?_id=nobody", []),
        ("Observation?patient=p", ["fever", "ice"]),
        ("Observation?patient=Patient/p", ["fever", "ice"]),
        ("Observation?patient=https://other.example/Patient/p", ["fever", "ice"]),
        ("Observation?patient=q", ["other"]),
        ("Observation?patient=p,q", ["fever", "ice", "other"]),
        ("Observation?patient=Group/p", []),
        ("Observation?patient=nobody", []),
        ("Observation?subject=p", ["fever", "ice", "undated"]),
        ("Observation?subject=Patient/p", ["fever", "ice"]),
        ("Observation?subject=Group/p", ["undated"]),
        ("Observation?patient=p&patient=q", []),
        ("Task?patient=p", ["task"]),
        ("Task?patient=q", []),
    ],
)
def test_ids_and_references(store: Store, query: str, found: list[str]) -> None:
    assert found == ids(store, query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation?code=8310-5", ["fever"]),
        ("Observation?code=http://loinc.org|8310-5", ["fever"]),
        ("Observation?code=http://loinc.org%7C8310-5", ["fever"]),
        ("Observation?code=http%3A%2F%2Floinc.org%7C8310-5", ["fever"]),
        ("Observation?code=http://snomed.info/sct|8310-5", []),
        ("Observation?code=T", ["fever", "other"]),
        ("Observation?code=|T", ["other"]),
        ("Observation?code=http://unit.example|", ["fever", "ice"]),
        ("Observation?code=http://loinc.org|", ["fever"]),
        ("Observation?code=http://unit.example|ice,8310-5", ["fever", "ice"]),
        ("Observation?code=ice&code=T", []),
        ("Observation?code=310-5", []),
        ("Observation?category=vital-signs", ["fever"]),
        ("Observation?category=c|vital-signs", ["fever"]),
        ("Observation?category=laboratory", []),
        ("Observation?status=amended", ["ice"]),
        ("Observation?status=final,amended", ["fever", "ice", "other", "undated"]),
        ("Observation?status=http://hl7.org/fhir/observation-status|amended", ["ice"]),
        ("Observation?status=cancelled", []),
        ("MedicationAdministration?code=toci", ["inline"]),
        ("Medication?code=dexa", ["drug"]),
        ("Encounter?class=IMP", ["stay"]),
        ("Encounter?class=act|AMB", []),
        ("Patient?identifier=mrn|7", ["p"]),
        ("Patient?identifier=mrn|8", []),
    ],
)
def test_tokens(store: Store, query: str, found: list[str]) -> None:
    assert found == ids(store, query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation?date=2026-03-08", ["fever"]),
        ("Observation?date=2026-03-08T08:00:00Z", ["fever"]),
        ("Observation?date=2026-03-08T09:00:00+01:00", ["fever"]),
        ("Observation?date=2026-03-08T09:00:00 01:00", ["fever"]),
        ("Observation?date=2026-03-08T09:00:00Z", []),
        ("Observation?date=eq2026-03", ["fever", "other"]),
        ("Task?authored-on=2026-03-09", ["night"]),
        ("Task?authored-on=ge2026-03-09", ["night"]),
        ("Task?authored-on=lt2026-03-09", ["task"]),
        ("Task?authored-on=2026-03-08T23:30:00Z", ["night"]),
        ("Task?authored-on=lt2026-03-09T00:00:00Z", ["task", "night"]),
        ("Observation?date=2026", ["fever", "other"]),
        ("Observation?date=2025", []),
        ("Observation?date=2026-03-08T08:00:00.000Z", []),
        ("Observation?date=ge2026-03-08T08:00:00Z", ["fever", "ice"]),
        ("Observation?date=ge2026-03-08T08:00:01Z", ["ice"]),
        ("Observation?date=gt2026-03-08T08:00:00Z", ["ice"]),
        ("Observation?date=gt2026-03-08T07:59:59Z", ["fever", "ice"]),
        ("Observation?date=le2026-03-07T10:00:00Z", ["ice", "other"]),
        ("Observation?date=le2026-03-07T09:59:59Z", ["other"]),
        ("Observation?date=lt2026-03-07T10:00:00Z", ["other"]),
        ("Observation?date=lt2026-03-06", []),
        ("Observation?date=ge2026-03-06&date=lt2026-03-07", ["other"]),
        ("Observation?date=2026-03-06,2026-03-08", ["fever", "other"]),
        ("MedicationAdministration?effective-time=ge2026-03-08T10:30:00Z", ["inline"]),
        ("MedicationAdministration?effective-time=ge2026-03-08T09:59:00Z", ["given", "inline"]),
        ("MedicationAdministration?effective-time=le2026-03-08T07:00:00Z", []),
        ("Encounter?date=ge2030-01-01", ["stay"]),
        ("Encounter?date=lt2026-03-01", []),
        ("Task?authored-on=2026-03-08", ["task"]),
        ("Patient?birthdate=1966", ["p"]),
        ("Patient?birthdate=1966-09-01", []),
        ("Patient?birthdate=lt1967-01", ["p"]),
    ],
)
def test_dates(store: Store, query: str, found: list[str]) -> None:
    assert found == ids(store, query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation?_sort=date", ["other", "ice", "fever", "undated"]),
        ("Observation?_sort=-date", ["fever", "ice", "other", "undated"]),
        ("MedicationAdministration?_sort=effective-time", ["given", "inline"]),
        ("MedicationAdministration?_sort=-effective-time", ["inline", "given"]),
        ("MedicationAdministration?_sort=-effective-time&_count=1", ["inline"]),
        ("Observation?_count=2", ["fever", "ice"]),
        ("Observation?_count=0", []),
        ("Observation?_format=json&_total=accurate", ["fever", "ice", "other", "undated"]),
    ],
)
def test_results_can_be_sorted_and_limited(store: Store, query: str, found: list[str]) -> None:
    assert found == ids(store, query)


def test_results_can_be_sorted_by_several_keys() -> None:
    store = Store(lambda: NOW)
    days = (("a", "2026-01-02", "2026-02-02"), ("b", "2026-01-01", "2026-02-02"), ("c", "2025-12-31", "2026-02-01"))
    held = [
        {"resourceType": "Condition", "id": name, "onsetDateTime": onset, "recordedDate": day}
        for name, onset, day in days
    ]
    store.load([{"entry": [{"resource": one} for one in held]}])
    assert ["b", "a", "c"] == ids(store, "Condition?_sort=-recorded-date,onset-date")


def test_an_included_resource_comes_only_once(store: Store) -> None:
    found = search(store, "MedicationAdministration", [("_include", "MedicationAdministration:medication")])
    assert (["given", "inline"], ["drug"]) == (
        [one["id"] for one in found.matches],
        [one["id"] for one in found.included],
    )


def test_only_resources_referenced_on_the_page_are_included(store: Store) -> None:
    pairs = [("_include", "MedicationAdministration:medication"), ("_sort", "-effective-time"), ("_count", "1")]
    assert [] == search(store, "MedicationAdministration", pairs).included


def test_a_search_for_the_total_alone_has_no_next_page(store: Store) -> None:
    found = search(store, "Observation", [("_count", "0")])
    assert ([], 4, None) == (found.matches, found.total, found.following)


def test_the_total_counts_matches_of_all_pages(store: Store) -> None:
    assert 4 == search(store, "Observation", [("_count", "1")]).total
    assert search(store, "Observation", [("_total", "none")]).total is None


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("Observation?colour=red", '"colour" of Observation: unknown; known are _count'),
        ("Observation?effective-time=2026", '"effective-time" of Observation: unknown'),
        ("Observation?code:in=x", '"code:in"'),
        ("Observation?patient.name=x", '"patient.name"'),
        ("Observation?a<b=x", "(its name is none)"),
        ("Observation?patient=", '"patient" of Observation: it has no value'),
        ("Observation?date=yesterday", "a date with one of the prefixes eq, ge, gt, le, lt"),
        ("Observation?date=sa2026-01-01", "a date with one of the prefixes"),
        ("Observation?date=2026-13-01", "a date"),
        ("Observation?date=9999", "a date"),
        ("Observation?date=", "no value"),
        ("Observation?_sort=code", "date parameters"),
        ("Observation?_sort=--date", "date parameters"),
        ("Observation?_count=many", "whole number"),
        ("Observation?_count=-1", "whole number"),
        ("Observation?_page=x", "whole number"),
        ("Observation?_include=Observation:subject", "known are none"),
        ("MedicationAdministration?_include=*", "known are MedicationAdministration:medication"),
        ("Observation?_total=exact", "accurate, estimate, none"),
        ("Observation?_format=xml", "JSON only"),
    ],
)
def test_an_unknown_parameter_or_modifier_is_refused_by_name(store: Store, query: str, named: str) -> None:
    with pytest.raises(SearchError) as refusal:
        ids(store, query)
    assert named in str(refusal.value)
    assert 400 == refusal.value.status


def test_a_refusal_does_not_repeat_the_value(store: Store) -> None:
    with pytest.raises(SearchError) as refusal:
        ids(store, "Observation?date=Mrs-Brandt")
    assert "Brandt" not in str(refusal.value)


def test_a_malformed_resource_does_not_match() -> None:
    for kind, parameters in PARAMETERS.items():
        for name, parameter in parameters.items():
            holds = matcher(parameter, "2026-01-01")
            for odd in (None, 3, "x", [], {}, [{}], {"coding": 3}, {"reference": "x"}, {"start": 3}):
                assert not holds({"resourceType": kind, **dict.fromkeys(parameter.elements, odd)}), (kind, name, odd)


@pytest.mark.parametrize("text", ["", "26", "2026-1", "2026-02-30", "2026-01-01T", "2026-01-01T25:00Z", "10:00"])
def test_a_wrong_date_is_refused(text: str) -> None:
    assert span_of(text) is None


def page(web: FlaskClient, path: str) -> dict[str, Any]:
    response = web.get(path)
    assert 200 == response.status_code, response.text
    return response.get_json()


@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_pages_bring_everything_exactly_once(web: FlaskClient, size: int) -> None:
    path: str | None = f"/fhir/Observation?patient=brandt&status=final&_sort=-date&_count={size}"
    times, numbers = [], []
    while path:
        bundle = page(web, path)
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        times += [entry["resource"]["effectiveDateTime"] for entry in bundle["entry"]]
        numbers.append(len(bundle["entry"]))
        assert 14 == bundle["total"]
        assert links["self"].endswith(path)
        assert links.get("next", "_page=").count("_page=") == 1
        path = links["next"].removeprefix("http://localhost") if "next" in links else None
    assert 14 == len(times) == sum(numbers)
    assert sorted(times, reverse=True) == times
    assert all(number == size for number in numbers[:-1])
