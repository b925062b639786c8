"""The service with a real HAPI FHIR server and its defaults, as an integration engineer would try it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from cds_service.app import create_app, decider_of
from cds_service.clinical.facts.gap import UNKNOWN_DRUG
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.hooks.patient_view import HOOK
from cds_service.knowledge import Knowledge
from cds_service.sandbox.stories.seed import shifted
from cds_service.sandbox.stories.story import Story, read_stories
from cds_service.settings import Settings
from tests.builders import alert, axi_cel, ice
from tests.hooks.client import Client, evaluation
from tests.verification.conftest import Hapi
from tests.verification.hapi import put

pytestmark = pytest.mark.hapi
STORIES = read_stories()
FHIR = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}


@pytest.fixture(scope="module")
def service(hapi: Hapi) -> Client:
    """The service in demo mode with a long deadline for a cold server; its clock stands at the time of loading."""
    client = Client(create_app(Settings(demo=True, deadline_seconds=60), now=lambda: hapi.now).test_client())
    client.call(fhirServer=hapi.base, context=context(STORIES[0].slug))
    return client


def context(patient: str) -> dict[str, str]:
    return {"userId": "Practitioner/1", "patientId": patient}


def without_uuids(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without its identifiers, which are always new, and without how the data came."""
    if isinstance(answer, dict):
        return {key: without_uuids(value) for key, value in answer.items() if key not in ("uuid", "dataUse")}
    return [without_uuids(value) for value in answer] if isinstance(answer, list) else answer


def by_whole_record(story: Story, hapi: Hapi, knowledge: Knowledge) -> dict[str, Any]:
    """The answer for all resources of a patient, without any search."""
    page = read_page(bytes_of(shifted(story.bundle, hapi.now)))
    gathered = Gathered(story.slug, None, page.resources, page.unreadable)
    decider = decider_of(Settings(demo=True), knowledge)
    return decider.response(decider.decide(gathered, hapi.now, Call(HOOK.id, HOOK.kind), str))


def bytes_of(resource: dict[str, Any]) -> bytes:
    return requests.Request("POST", "http://localhost", json=resource).prepare().body


def filled(hapi: Hapi, service: Client, patient: str) -> dict[str, Any]:
    """Prefetch as an EHR fills it: the server's answer to each template of discovery."""
    described, *_ = service.flask.get("/cds-services").get_json()["services"]
    return {key: fetched(hapi, template, patient) for key, template in described["prefetch"].items()}


def fetched(hapi: Hapi, template: str, patient: str) -> dict[str, Any]:
    url = f"{hapi.base}/{template.replace('{{context.patientId}}', patient)}"
    response = requests.get(url, headers={**FHIR, "Cache-Control": "no-cache"}, timeout=60)
    response.raise_for_status()
    return response.json()


@pytest.mark.parametrize("story", STORIES, ids=[story.slug for story in STORIES])
@pytest.mark.requirement("hooks:P10")
def test_search_and_prefetch_give_the_answer_of_the_whole_record(
    story: Story, hapi: Hapi, service: Client, knowledge: Knowledge
) -> None:
    whole, who = without_uuids(by_whole_record(story, hapi, knowledge)), context(story.slug)
    prefetch = filled(hapi, service, story.slug)

    assert whole == without_uuids(service.call(fhirServer=hapi.base, context=who))
    assert whole == without_uuids(service.call(prefetch, fhirServer=hapi.base, context=who))
    alone = without_uuids(service.call(prefetch, context=who))
    # A template cannot request the drugs that administrations refer to, so they are unknown without a server.
    if UNKNOWN_DRUG in {gap["concept"] for gap in evaluation(alone).get("gaps", [])}:
        assert "medicationReference" in str(story.bundle)
        assert {"concept": "therapy", "kind": "not-recorded", "count": 1} not in evaluation(alone)["gaps"]
    else:
        assert whole == alone


def test_more_observations_than_a_page_holds_are_all_read(hapi: Hapi, service: Client) -> None:
    """The worst score is older than 620 readings of arousal, so reading only one page would miss the peak."""
    name = "many-observations"
    readings = [alert(1 + number * 0.2, now=hapi.now) for number in range(620)]
    store(hapi, name, *readings, axi_cel(days=7, now=hapi.now), ice(2, 130, now=hapi.now), ice(10, now=hapi.now))

    answer = service.call(fhirServer=hapi.base, context=context(name))

    assert (0, 3) == (evaluation(answer)["icans"]["grade"], evaluation(answer)["icans"]["peakGrade"])
    assert [] == [gap for gap in evaluation(answer).get("gaps", []) if gap["kind"] == "truncated"]


def test_the_second_answer_includes_the_second_score(hapi: Hapi, service: Client) -> None:
    """HAPI would answer the same search from its cache for a minute."""
    name = "write-call-write-call"
    store(hapi, name, axi_cel(now=hapi.now), ice(9, 2, now=hapi.now), alert(2, now=hapi.now))

    first = service.call(fhirServer=hapi.base, context=context(name))
    store(hapi, name, ice(5, 1, now=hapi.now))
    second = service.call(fhirServer=hapi.base, context=context(name))

    assert [1, 2] == [evaluation(answer)["icans"]["grade"] for answer in (first, second)]


def test_an_unknown_patient_gets_a_card_without_a_grade(hapi: Hapi, service: Client) -> None:
    answer = service.call(fhirServer=hapi.base, context=context("nobody"))

    assert ["warning"] == [card["indicator"] for card in answer["cards"]]
    assert "could not be assessed" in answer["cards"][0]["summary"]
    assert "grade" not in evaluation(answer)["icans"]


def store(hapi: Hapi, patient: str, *resources: dict[str, Any]) -> None:
    """Store resources of a patient on the server, and the patient if new."""
    put(hapi.base, {"resourceType": "Patient", "id": patient, "birthDate": "1966-01-01"})
    entries = []
    for resource in resources:
        own = {key: value for key, value in resource.items() if key != "id"}
        own["subject"] = {"reference": f"Patient/{patient}"}
        entries.append({"resource": own, "request": {"method": "POST", "url": own["resourceType"]}})
    transaction = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    requests.post(hapi.base, json=transaction, headers=FHIR, timeout=120).raise_for_status()
