"""HAPI's validator checks every resource that the project creates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import decider_of
from cds_service.cases.case import NOW
from cds_service.checks.answers import answer_to
from cds_service.checks.specification import packaged_cases
from cds_service.clinical.tables.vocabulary import ORDERED_ACTIONS
from cds_service.fhir_mapping.write.resources import Subject
from cds_service.knowledge import Choices, Knowledge, load_knowledge
from cds_service.sandbox.stories.seed import shifted
from cds_service.sandbox.stories.story import Story, read_stories
from cds_service.settings import Settings
from tests.verification.conftest import Hapi
from tests.verification.hapi import severities

pytestmark = pytest.mark.hapi
Json = dict[str, Any]
MAPPING = files("cds_service.fhir_mapping")
TERMINOLOGY = [MAPPING / "codesystem.json", *sorted((MAPPING / "valuesets").iterdir(), key=lambda one: one.name)]
STORIES = read_stories()


def errors(hapi: Hapi, resource: Json) -> list[str]:
    """The validator's errors for a resource, and those of our own codes that it does not know."""
    said = severities(hapi.base, resource)
    assert said
    return [
        text
        for severity, text in said
        if severity in ("error", "fatal") or ("icans-cds.example" in text and "not found in CodeSystem" in text)
    ]


@pytest.mark.parametrize("source", TERMINOLOGY, ids=lambda source: source.name)
def test_our_terminology_is_valid(hapi: Hapi, source: Any) -> None:
    assert [] == errors(hapi, json.loads(source.read_text()))


@pytest.mark.parametrize("story", STORIES, ids=[story.slug for story in STORIES])
def test_the_sandbox_patients_are_valid(hapi: Hapi, story: Story) -> None:
    assert [] == errors(hapi, shifted(story.bundle, hapi.now))


def offered(knowledge: Knowledge) -> Iterator[Json]:
    """Every resource that an answer to any case offers, each wording once."""
    decider, seen = decider_of(Settings(), knowledge), set()
    for case in packaged_cases():
        answer = answer_to(case, decider, Subject("coma", "coma-encounter", NOW))
        for card in answer["cards"]:
            for suggestion in card.get("suggestions", ()):
                (action,) = suggestion["actions"]
                if "resource" in action and suggestion["label"] not in seen:
                    seen.add(suggestion["label"])
                    yield action["resource"]


def test_every_resource_in_a_suggestion_is_valid(hapi: Hapi, knowledge: Knowledge) -> None:
    resources = list(offered(knowledge))
    drugs = {
        one["medicationCodeableConcept"]["text"] for one in resources if one["resourceType"] == "MedicationRequest"
    }

    assert {"Task", "ServiceRequest", "MedicationRequest"} == {one["resourceType"] for one in resources}
    assert {"dexamethasone", "methylprednisolone", "tocilizumab"} <= drugs
    wrong = {f"{one['resourceType']}: {text}" for one in resources for text in errors(hapi, one)}
    assert set() == wrong


def test_orders_with_the_codes_of_a_site(hapi: Hapi, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    ordered = (*ORDERED_ACTIONS, "dexamethasone", "methylprednisolone", "tocilizumab")
    rows = (f'{one} = [["https://hospital.example/orders", "{one}"]]' for one in ordered)
    file.write_text("\n".join(("[orders]", *rows)))
    resources = list(offered(load_knowledge(Choices(guideline=(file,)))))
    concepts = [one.get("code") or one["medicationCodeableConcept"] for one in resources]

    own = {one["coding"][0]["code"] for one in concepts if "hospital.example" in one["coding"][0]["system"]}
    assert set(ordered) == own
    wrong = {f"{one['resourceType']}: {text}" for one in resources for text in errors(hapi, one)}
    assert set() == wrong


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "finished"}, "finished"),
        ({"valueQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": "Celsius"}}, "Celsius"),
        ({"code": {"coding": [{"system": "https://icans-cds.example/fhir/CodeSystem/icans", "code": "x"}]}}, "x"),
        ({"subject": "Patient/1"}, "subject"),
    ],
)
def test_the_validator_finds_a_mistake(hapi: Hapi, change: Json, said: str) -> None:
    right = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "https://icans-cds.example/fhir/CodeSystem/icans", "code": "ice-total"}]},
        "subject": {"reference": "Patient/coma"},
    }

    assert [] == errors(hapi, right)
    assert any(said in text for text in errors(hapi, right | change))
