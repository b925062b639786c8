"""Calls with prefetch only: the four kinds of missing data, and which calls are answered (contract.md 1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import alert, axi_cel, bundle, hook_request, ice, outcome, patient, prefetch, procedure
from tests.hooks.client import Client, evaluation
from tests.hooks.test_refusals import refused

GRADED = {"neuro": bundle(ice(5), alert()), "therapy": bundle(axi_cel())}


def without(fetched: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Prefetch with some keys absent."""
    return {key: value for key, value in fetched.items() if key not in keys}


def gaps(answer: dict[str, Any]) -> set[tuple[str, str]]:
    """The gaps in an answer."""
    return {(gap["concept"], gap["kind"]) for gap in evaluation(answer).get("gaps", [])}


@pytest.mark.requirement("hooks:P10")
def test_prefetch_alone_is_enough(client: Client) -> None:
    answer = client.call(prefetch(**GRADED))

    assert ("exact", 2) == (evaluation(answer)["icans"]["certainty"], evaluation(answer)["icans"]["grade"])
    assert ["warning"] == [card["indicator"] for card in answer["cards"]]


@pytest.mark.parametrize("missing", [["patient"], ["neuro"], ["patient", "neuro"]])
@pytest.mark.requirement("hooks:R3")
@pytest.mark.requirement("hooks:P9")
def test_without_indispensable_data_it_is_412_with_help(client: Client, missing: list[str]) -> None:
    text = refused(client.post(hook_request(without(prefetch(**GRADED), *missing))), 412)

    for key in missing:
        assert f"{key} (required)" in text
    assert "{{context.patientId}}" in text
    assert "no fhirServer was given" in text


def test_without_anything_it_is_412(client: Client) -> None:
    for body in (hook_request(), hook_request({}), hook_request(prefetch=None)):
        refused(client.post(body), 412)


def test_a_server_that_may_not_be_called_is_not_used_and_reported(client: Client) -> None:
    text = refused(client.post(hook_request(fhirServer="https://evil.example/fhir")), 412)

    assert "may not be called" in text
    assert "evil" not in text


@pytest.mark.requirement("hooks:P7")
def test_null_means_that_there_are_no_data(client: Client) -> None:
    answer = client.call(prefetch(neuro=None, therapy=bundle(axi_cel())))

    assert "cannot-grade" == evaluation(answer)["icans"]["certainty"]
    assert {("ice", "not-recorded"), ("consciousness", "not-recorded")} <= gaps(answer)


def test_a_null_patient_is_no_patient(client: Client) -> None:
    refused(client.post(hook_request(prefetch(patient=None))), 412)


@pytest.mark.parametrize("bad", [outcome(), bundle(outcome("fatal"))])
@pytest.mark.requirement("hooks:P8")
def test_a_failed_search_for_observations_leads_to_a_warning_card(client: Client, bad: dict) -> None:
    answer = client.call(prefetch(neuro=bad, therapy=bundle(axi_cel())))

    (card,) = answer["cards"]
    assert "warning" == card["indicator"]
    assert card["summary"].startswith("ICANS could not be assessed")
    assert "icansDataMissing" == card["source"]["topic"]["code"]
    assert {"certainty": "cannot-grade", "gradeUpTo": 4} == evaluation(answer)["icans"]
    assert ("neuro", "server-unavailable") in gaps(answer)


@pytest.mark.requirement("hooks:P8")
def test_a_refusal_is_distinguished_from_an_error(client: Client) -> None:
    answer = client.call(prefetch(neuro=outcome("error", "forbidden")))

    assert ("neuro", "not-permitted") in gaps(answer)
    assert "access refused" in answer["cards"][0]["detail"]


@pytest.mark.parametrize("bad", ["text", 5, [], {}, {"resourceType": "Bundle", "entry": 3}, {"resourceType": "Claim"}])
def test_malformed_observations_are_a_failure_not_missing_data(client: Client, bad: object) -> None:
    answer = client.call(prefetch(neuro=bad))

    assert ("neuro", "unreadable") in gaps(answer)
    assert 1 == len(answer["cards"])


@pytest.mark.requirement("hooks:P8")
def test_a_warning_in_an_empty_search_is_no_error(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(outcome("warning", "not-found")), therapy=bundle(axi_cel())))

    assert ("neuro", "server-unavailable") not in gaps(answer)
    assert ("ice", "not-recorded") in gaps(answer)


def test_an_error_beside_results_means_that_some_are_missing(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(5), alert(), outcome("error")), therapy=bundle(axi_cel())))

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert ("neuro", "incomplete") in gaps(answer)


def test_a_patient_whose_lookup_failed_is_never_graded(client: Client) -> None:
    answer = client.call(prefetch(patient=outcome(), **GRADED))

    assert {"certainty": "cannot-grade", "gradeUpTo": 4} == evaluation(answer)["icans"]
    assert {"certainty": "cannot-grade", "gradeUpTo": 4} == evaluation(answer)["crs"]
    assert "the patient's record did not arrive" in answer["cards"][0]["summary"]


def test_a_failed_patient_outweighs_missing_observations(client: Client) -> None:
    answer = client.call(without(prefetch(patient=outcome()), "neuro"))

    assert 1 == len(answer["cards"])


@pytest.mark.parametrize("other", [patient(id="p-2"), bundle(patient(id="p-2"))])
@pytest.mark.requirement("hooks:P12")
def test_another_patient_is_422(client: Client, other: dict) -> None:
    refused(client.post(hook_request(prefetch(patient=other, **GRADED))), 422)


def test_a_patient_without_an_id_is_not_used(client: Client) -> None:
    answer = client.call(prefetch(patient={"resourceType": "Patient", "birthDate": "1966"}, **GRADED))

    assert ("patient", "unreadable") in gaps(answer)
    assert "cannot-grade" == evaluation(answer)["icans"]["certainty"]


def test_a_patient_without_any_data_gets_an_answer(client: Client) -> None:
    answer = client.call(prefetch())

    assert [] == answer["cards"]
    assert ("therapy", "not-recorded") in gaps(answer)


# --- therapy ------------------------------------------------------------------------------------------------


def test_one_source_of_therapy_is_enough_and_the_other_a_gap(client: Client) -> None:
    fetched = prefetch(neuro=bundle(ice(5), alert()), therapy=outcome(), drugs=outcome())
    answer = client.call(fetched | {"procedures": bundle(procedure("38228", "http://www.ama-assn.org/go/cpt"))})

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert ("therapy", "server-unavailable") in gaps(answer)
    assert "sedation" in answer["cards"][0]["detail"]


FAILED_THERAPY = {"therapy": outcome(), "procedures": outcome(), "drugs": outcome()}


def test_all_sources_of_therapy_failed_and_nothing_else_is_known(client: Client) -> None:
    (card,) = client.call(prefetch(**FAILED_THERAPY))["cards"]

    assert ("warning", "icansDataMissing") == (card["indicator"], card["source"]["topic"]["code"])


def test_all_sources_of_therapy_failed_but_a_score_exists(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(5), alert()), **FAILED_THERAPY))

    assert 2 == evaluation(answer)["icans"]["grade"]
    assert "- Therapy and sedation not checked" in answer["cards"][0]["detail"]
    assert "therapy not known" in answer["cards"][0]["summary"]
    assert "mg" not in answer["cards"][0]["detail"]


def test_no_way_to_any_therapy_opens_no_card(client: Client) -> None:
    answer = client.call(without(prefetch(), "therapy", "procedures", "drugs"))

    assert [] == answer["cards"]
    assert {("therapy", "not-provided"), ("drugs", "not-provided")} <= gaps(answer)


def test_a_missing_drug_search_alone_opens_no_card(client: Client) -> None:
    assert [] == client.call(prefetch(drugs=outcome(), vitals=outcome()))["cards"]


UNCHECKED = "- Not all drugs are known: sedation, vasopressors and corticosteroids not checked"


@pytest.mark.rule("A1")
def test_without_drug_data_the_grade_stands_with_sedation_not_checked(client: Client) -> None:
    graded = prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel()))

    for fetched in (without(graded, "drugs"), graded | {"drugs": outcome()}):
        answer = client.call(fetched)

        assert ("exact", 0) == (evaluation(answer)["icans"]["certainty"], evaluation(answer)["icans"]["grade"])
        assert UNCHECKED in answer["cards"][0]["detail"]


@pytest.mark.rule("A1")
def test_drugs_without_a_therapy_are_checked(client: Client) -> None:
    graded = prefetch(neuro=bundle(ice(10), alert()))

    for fetched in (graded, graded | {"therapy": outcome()}):
        assert "sedation" not in client.call(fetched)["cards"][0]["detail"]


@pytest.mark.rule("A1")
def test_without_drug_data_alone_the_therapy_is_not_called_unchecked(client: Client) -> None:
    card = client.call(without(prefetch(neuro=bundle(ice(5), alert())), "drugs"))["cards"][0]

    assert UNCHECKED in card["detail"]
    assert "CAR-T or engager not recorded" in card["summary"]


def test_a_truncated_therapy_search_is_unknown_not_none(client: Client) -> None:
    cut = bundle(
        axi_cel(200, medicationCodeableConcept={"coding": [{"system": "urn:x", "code": "y"}]}),
        link=[{"relation": "next", "url": "http://x.example/2"}],
    )
    answer = client.call(prefetch(neuro=bundle(ice(5), alert()), therapy=cut))

    assert ("therapy", "truncated") in gaps(answer)
    assert ("therapy", "not-recorded") not in gaps(answer)
    assert "therapy not known" in answer["cards"][0]["summary"]


# --- windows ------------------------------------------------------------------------------------------------


def test_a_full_page_that_does_not_reach_back_is_truncated(client: Client) -> None:
    page = bundle(*[ice(9, hours=number / 10) for number in range(200)])

    assert ("neuro", "truncated") in gaps(client.call(prefetch(neuro=page, therapy=bundle(axi_cel()))))


def test_a_full_page_that_reaches_back_is_complete(client: Client) -> None:
    page = bundle(*[ice(9, hours=number * 6) for number in range(200)])

    assert ("neuro", "truncated") not in gaps(client.call(prefetch(neuro=page, therapy=bundle(axi_cel()))))


def test_a_page_that_is_not_full_is_complete(client: Client) -> None:
    page = bundle(*[ice(9, hours=number / 10) for number in range(199)])

    assert ("neuro", "truncated") not in gaps(client.call(prefetch(neuro=page, therapy=bundle(axi_cel()))))


# --- the user -----------------------------------------------------------------------------------------------


@pytest.mark.rule("U2")
@pytest.mark.parametrize("user", ["Patient/p-1", "RelatedPerson/r-1"])
def test_patients_and_relatives_get_no_cards(client: Client, user: str) -> None:
    answer = client.call(prefetch(**GRADED), context={"userId": user, "patientId": "p-1"})

    assert [] == answer["cards"]
    assert 2 == evaluation(answer)["icans"]["grade"]


@pytest.mark.parametrize("user", ["Practitioner/1", "PractitionerRole/1"])
def test_clinicians_do(client: Client, user: str) -> None:
    assert 1 == len(client.call(prefetch(**GRADED), context={"userId": user, "patientId": "p-1"})["cards"])


@pytest.mark.rule("A6")
def test_the_dead_get_no_cards(client: Client) -> None:
    answer = client.call(prefetch(patient=patient(deceasedBoolean=True), **GRADED))

    assert [] == answer["cards"]
    assert True is evaluation(answer)["deceased"]
    assert {"certainty": "cannot-grade", "gradeUpTo": 4} == evaluation(answer)["icans"]
