"""An answer that is not whole, or has another shape than a Bundle of resources, is never "looked up and empty"."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import RXNORM, alert, axi_cel, bundle, concept, given, ice, outcome, patient, prefetch, procedure
from tests.hooks.client import Client, evaluation
from tests.hooks.fhir_server import Answer, Call, serving
from tests.hooks.test_fhir_access import but, record
from tests.hooks.test_prefetch import gaps

PROPOFOL = "8782"
RUNNING = given(PROPOFOL, 5, status="in-progress")
NO_RESOURCE = {"resourceType": "Bundle", "entry": [{"fullUrl": "https://ehr.example/fhir/MedicationAdministration/1"}]}
SUPPRESSED = bundle(outcome("warning", "suppressed"))
FAILED_ENTRY = {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "500"}}]}
UNCHECKED = "Not all drugs are known: sedation"


def graded(**keys: Any) -> dict[str, Any]:
    """Prefetch of a patient with ICE 2 after CAR-T cells."""
    return prefetch(**{"neuro": bundle(ice(2), alert()), "therapy": bundle(axi_cel())} | keys)


@pytest.mark.requirement("hooks:P8")
@pytest.mark.parametrize(
    "drugs", [NO_RESOURCE, SUPPRESSED, bundle(total=3), bundle(given("161"), total=2), bundle(given("161"), outcome())]
)
def test_drugs_that_are_not_whole_are_not_looked_up(client: Client, drugs: dict[str, Any]) -> None:
    answer = client.call(graded(drugs=drugs))

    assert UNCHECKED in answer["cards"][0]["detail"]
    assert ("drugs", "incomplete") in gaps(answer)
    assert "exact" == evaluation(answer)["icans"]["certainty"]


@pytest.mark.parametrize("drugs", [FAILED_ENTRY, [], {"resource": 5}, 7])
def test_drugs_that_are_no_answer_are_not_looked_up(client: Client, drugs: Any) -> None:
    answer = client.call(graded(drugs=drugs))

    assert UNCHECKED in answer["cards"][0]["detail"]


@pytest.mark.parametrize("whole", [bundle(given("161")), bundle(given("161"), total=0), bundle(total=None), None])
def test_drugs_that_are_whole_are(client: Client, whole: Any) -> None:
    assert UNCHECKED not in client.call(graded(drugs=whole))["cards"][0]["detail"]


@pytest.mark.parametrize(
    "drugs",
    [
        {"resource": bundle(RUNNING)},
        {"resource": RUNNING},
        [RUNNING],
        [bundle(RUNNING)],
        bundle(bundle(bundle(RUNNING))),
        {"resourceType": "Bundle", "entry": [{"resource": bundle(RUNNING), "response": {"status": "200 OK"}}]},
    ],
)
def test_drugs_in_another_shape_are_read(client: Client, drugs: Any) -> None:
    assert "under propofol" in client.call(graded(drugs=drugs))["cards"][0]["summary"]


@pytest.mark.parametrize("therapy", [NO_RESOURCE, SUPPRESSED, bundle(total=1)])
@pytest.mark.parametrize("key", ["therapy", "procedures"])
def test_a_therapy_that_may_be_missing_is_not_known(client: Client, key: str, therapy: dict[str, Any]) -> None:
    answer = client.call(graded(**{"therapy": bundle(), key: therapy}))

    assert "(therapy not known)" in answer["cards"][0]["summary"]
    assert ("therapy", "not-recorded") not in gaps(answer)


def test_a_full_page_below_its_total_is_cut_off(client: Client) -> None:
    drugs = bundle(*(given("161", hours / 100) for hours in range(1, 1001)), total=4000)

    assert ("drugs", "truncated") in gaps(client.call(graded(drugs=drugs)))


def test_a_patient_in_another_shape_is_that_patient(client: Client) -> None:
    for shape in ({"resource": patient()}, [patient()], bundle(bundle(patient()))):
        assert 3 == evaluation(client.call(graded(patient=shape)))["icans"]["grade"]


# --- What the FHIR server can still tell -----------------------------------------------------------------------------


def test_what_did_not_come_whole_is_asked_for(client: Client) -> None:
    with serving(but("MedicationAdministration", Answer(bundle(axi_cel(), RUNNING)))) as server:
        answer = client.call(graded(drugs=NO_RESOURCE), fhirServer=server.base)

    assert "under propofol" in answer["cards"][0]["summary"]
    assert ("drugs", "incomplete") not in gaps(answer)


@pytest.mark.parametrize("again", [Answer(NO_RESOURCE), Answer(status=500)])
def test_what_does_not_come_whole_then_either_is_not_known(client: Client, again: Answer) -> None:
    with serving(but("MedicationAdministration", again)) as server:
        answer = client.call(graded(drugs=NO_RESOURCE), fhirServer=server.base)

    assert ("drugs", "incomplete") in gaps(answer)


@pytest.mark.parametrize("body", [bundle(axi_cel(), total=7), bundle(axi_cel(), outcome("warning", "throttled"))])
def test_a_search_that_is_not_whole_is_said(client: Client, body: dict[str, Any]) -> None:
    with serving(but("MedicationAdministration", Answer(body))) as server:
        answer = client.call(fhirServer=server.base)

    assert {("therapy", "incomplete"), ("drugs", "incomplete")} <= gaps(answer)


def test_a_total_over_several_pages_is_the_servers_own(client: Client) -> None:
    """Some count before they leave out, some the page."""

    def rule(call: Call) -> Answer:
        if call.kind != "MedicationAdministration":
            return record(call)
        more = {"link": [{"relation": "next", "url": "MedicationAdministration?page=2"}]}
        return Answer(bundle(axi_cel(), total=50, **({} if "page" in call.query else more)))

    with serving(rule) as server:
        assert ("therapy", "incomplete") not in gaps(client.call(fhirServer=server.base))


# --- References and subjects -----------------------------------------------------------------------------------------


def referring(reference: str) -> dict[str, Any]:
    resource = RUNNING | {"medicationReference": {"reference": reference}}
    return {name: value for name, value in resource.items() if name != "medicationCodeableConcept"}


@pytest.mark.parametrize(
    "url", ["urn:uuid:22222222-2222-4222-8222-222222222222", "https://ehr.example/fhir/Medication/other"]
)
def test_a_medication_is_known_by_the_full_url_of_its_entry(client: Client, url: str) -> None:
    medication = {"resourceType": "Medication", "id": "srv-17", "code": concept(PROPOFOL, RXNORM)}
    drugs = bundle(referring(url))
    drugs["entry"].append({"fullUrl": url, "resource": medication, "search": {"mode": "include"}})

    assert "under propofol" in client.call(graded(drugs=drugs))["cards"][0]["summary"]


def test_a_medication_by_a_urn_is_not_asked_for(client: Client) -> None:
    with serving(record) as server:
        answer = client.call(graded(drugs=bundle(referring("urn:uuid:1"))), fhirServer=server.base)

    assert [] == [call.path for call in server.calls if "Medication/" in call.path]
    assert ("medication", "unreadable") in gaps(answer)


def test_a_subject_is_known_by_the_full_url_of_the_patient(client: Client) -> None:
    named = {"subject": {"reference": "urn:uuid:7"}}
    people = {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:7", "resource": patient()}]}

    answer = client.call(graded(patient=people, neuro=bundle(ice(2, **named), alert(**named))))

    assert 3 == evaluation(answer)["icans"]["grade"]
    assert ("patient", "wrong-patient") not in gaps(answer)


@pytest.mark.parametrize("subject", [None, {}, {"identifier": {"value": "1"}}, {"reference": ""}, "Patient/p-1"])
@pytest.mark.parametrize("resource", [ice(9), RUNNING, procedure("x", "y")])
def test_a_resource_that_names_nobody_is_not_used_and_not_of_another_patient(
    client: Client, resource: dict[str, Any], subject: Any
) -> None:
    answer = client.call(graded(conditions=bundle(resource | {"subject": subject})))

    (told,) = [gap for gap in evaluation(answer)["gaps"] if gap["concept"] == "patient"]
    assert ("unreadable", "subject") == (told["kind"], told["detail"])
    assert "Resources that do not say whose they are, not used: 1" in answer["cards"][0]["detail"]
    assert "of another patient" not in answer["cards"][0]["detail"]
    assert 3 == evaluation(answer)["icans"]["grade"]


def test_a_drug_of_nobody_may_have_been_this_patients(client: Client) -> None:
    answer = client.call(graded(therapy=bundle(axi_cel(subject=None))))

    assert "(therapy not known)" in answer["cards"][0]["summary"]
    assert "therapy and sedation not checked" in answer["cards"][0]["detail"].casefold()
