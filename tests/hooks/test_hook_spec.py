"""A hook is one file and one name: a made-up hook is discovered, described, called, answered and logged."""

from __future__ import annotations

import pytest

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.data_requirements import requirements_of
from cds_service.hooks import SERVICES
from cds_service.hooks.contexts import EncounterContextSchema
from cds_service.hooks.openapi import openapi
from cds_service.hooks.spec import HookSpec
from cds_service.knowledge import Knowledge
from tests.builders import alert, axi_cel, bundle, hook_request, ice, prefetch
from tests.hooks.client import Client, evaluation

MADE_UP = HookSpec(
    hook="ward-round",
    title="ICANS on the ward round",
    description="A hook that no EHR sends.",
    usage_requirements="None.",
    context=EncounterContextSchema(),
    kind=OccasionKind.ENCOUNTER_DISCHARGE,
    also_needs=frozenset({"orders"}),
)
RECORD = {"neuro": bundle(ice(5), alert()), "therapy": bundle(axi_cel())}


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVICES, MADE_UP.id, MADE_UP)


def call(client: Client, **more: str):
    context = {"userId": "Practitioner/1", "patientId": "p-1"} | more
    body = hook_request(prefetch(**RECORD), hook=MADE_UP.hook, context=context)
    return client.post(body, f"/cds-services/{MADE_UP.id}")


def test_discovery_lists_it_with_the_data_that_it_needs(client: Client) -> None:
    services = {one["id"]: one for one in client.flask.get("/cds-services").get_json()["services"]}

    assert "ICANS on the ward round" == services[MADE_UP.id]["title"]
    assert services["icans-order-sign"]["prefetch"] == services[MADE_UP.id]["prefetch"]


def test_the_openapi_document_describes_it(client: Client) -> None:
    assert "/cds-services/icans-ward-round" in openapi(SERVICES)["paths"]


def test_a_call_of_it_is_answered(client: Client) -> None:
    answer = call(client, encounterId="e-1").get_json()

    assert ("icans-ward-round", 2) == (evaluation(answer)["service"], evaluation(answer)["icans"]["grade"])


def test_the_checks_of_its_occasion_run(client: Client) -> None:
    answer = call(client, encounterId="e-1").get_json()

    found = {one["finding"] for one in evaluation(answer)["findings"]}
    assert {"discharge-unresolved", "discharge-instructions"} <= found


def test_its_context_is_checked(client: Client) -> None:
    response = call(client)

    assert 422 == response.status_code
    assert "context.encounterId" in response.get_data(as_text=True)


def test_every_optional_search_is_needed_by_a_hook(knowledge: Knowledge) -> None:
    optional = {
        one.key
        for one in requirements_of(knowledge.terminology, knowledge.protocol.rules.decisions.record)
        if one.optional
    }

    assert all(spec.also_needs <= optional for spec in SERVICES.values())
    assert optional == set().union(*(spec.also_needs for spec in SERVICES.values()))
