"""Public FHIR data: nothing crashes, nothing is dropped silently, and the recognised records are counted."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cds_service.clinical.facts.gap import Part
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.bundles import read_page
from tests.builders import bundle, hook_request
from tests.hooks.client import Client, evaluation
from tests.unit.mapping import tables
from tests.verification.public import FILES, by_patient, everything, owner, resources_in

pytestmark = pytest.mark.data

PRESENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def facts() -> list[Any]:
    mapper = Mapper(tables())
    mapped = []
    for name, resources in by_patient().items():
        page = read_page(json.dumps(bundle(*resources)).encode())
        assert [] == page.unreadable
        gathered = Gathered(
            name, None, [one for one in page.resources if not isinstance(one, structs.Patient) or one.id == name]
        )
        mapped.append(mapper.mapped(gathered, PRESENT).facts)
    return mapped


def test_the_data_are_the_described_ones() -> None:
    kinds = Counter(resource["resourceType"] for resource in everything())

    assert (26, 36) == (kinds["MedicationAdministration"], kinds["Medication"])
    assert 1021 == kinds["Observation"]


@pytest.mark.parametrize("source", FILES, ids=lambda source: source.name)
def test_every_file_is_read_entry_by_entry(source: Path) -> None:
    page = read_page(source.read_bytes())
    known = [one for one in resources_in(source) if one["resourceType"] in structs.KNOWN_TYPES]

    assert len(known) == len(page.resources) + len(page.unreadable)
    assert [] == page.unreadable


def test_the_recognised_records_are_counted(facts: list[Any]) -> None:
    known = Counter[str]()
    for one in facts:
        known.update({concept: len(found) for concept, found in one.records.items()})

    assert {
        "body-height": 61,
        "body-weight": 61,
        "systolic-pressure": 61,
        "leukocytes": 22,
        "glucose": 21,
        "sodium": 21,
        "haemoglobin": 17,
        "platelets": 13,
        "triglycerides": 10,
        "egfr": 10,
        "body-temperature": 5,
        "creatinine": 3,
        "lactate-dehydrogenase": 2,
        "oxygen-saturation": 2,
        "oxygen-flow": 1,
        "bilirubin": 1,
        "alanine-aminotransferase": 1,
        "aspartate-aminotransferase": 1,
        "c-reactive-protein": 1,
    } == dict(known)


@pytest.mark.parametrize(
    ("codes", "number"), [({"8310-5", "8331-1", "8333-7", "276885007"}, 5), ({"59408-5", "2708-6"}, 2)]
)
def test_every_temperature_and_oxygen_saturation_is_recognised(codes: set[str], number: int) -> None:
    """The expected numbers are counted in the raw data without the service's code."""
    observations = [resource for resource in everything() if resource["resourceType"] == "Observation"]

    raw = [one for one in observations if codes & {coding.get("code") for coding in one["code"].get("coding", [])}]

    assert number == len(raw)


def test_platelets_of_german_laboratories_are_in_the_unit_of_the_rules(facts: list[Any]) -> None:
    raw = [
        resource["valueQuantity"]["value"]
        for resource in everything()
        if resource["resourceType"] == "Observation" and resource.get("valueQuantity", {}).get("code") == "/nL"
        if any(coding.get("code") in ("777-3", "26515-7") for coding in resource["code"].get("coding", []))
    ]
    known = sorted(record.value for one in facts for record in one.of("platelets"))

    assert raw
    assert all(value in known for value in raw)


def test_unused_records_are_reported(facts: list[Any]) -> None:
    """A haemoglobin in an impossible unit, and an order for a drug that is not in the data."""
    gaps = Counter[tuple[str, str, str]]()
    for one in facts:
        gaps.update(
            {
                (gap.concept, gap.kind, gap.detail if isinstance(gap.detail, Part) else ""): gap.number
                for gap in one.gaps
            }
        )

    assert {("haemoglobin", "implausible", ""): 1, ("medication", "unreadable", "order"): 1} == dict(gaps)


def test_drugs_are_known_behind_their_references_and_by_the_german_atc(facts: list[Any]) -> None:
    given = Counter(dose.drug for one in facts for dose in one.administrations)

    assert {"morphine": 1, "metamizole": 1, "ibuprofen": 1, "paracetamol": 1} == dict(given)
    assert [] == [dose for one in facts for dose in one.doses]


def test_records_entered_in_error_are_left_out() -> None:
    """The only such administration in the data, also with a drug that the service looks for."""
    given = [one for one in everything() if one["resourceType"] == "MedicationAdministration"]
    (wrong,) = [one for one in given if one["status"] == "entered-in-error"]
    propofol = {"coding": [{"system": "http://www.whocc.no/atc", "code": "N01AX10"}]}
    name = owner(wrong)
    resource = {key: value for key, value in wrong.items() if key != "medicationReference"}
    page = read_page(json.dumps(bundle(resource | {"medicationCodeableConcept": propofol})).encode())

    mapped = Mapper(tables()).mapped(Gathered(name, None, page.resources), PRESENT).facts

    assert () == mapped.administrations
    assert [("propofol", "unusable-status")] == [(gap.concept, gap.kind) for gap in mapped.gaps]


@pytest.mark.parametrize("name", sorted(by_patient()) if FILES else [])
def test_every_patient_can_be_sent_as_prefetch(client: Client, name: str) -> None:
    resources = by_patient()[name]
    patient = next((one for one in resources if one["resourceType"] == "Patient" and one["id"] == name), None)
    fetched = {
        "patient": patient or {"resourceType": "Patient", "id": name},
        "neuro": bundle(*(one for one in resources if one["resourceType"] == "Observation")),
        "therapy": bundle(
            *(one for one in resources if one["resourceType"] in ("MedicationAdministration", "Medication"))
        ),
        "procedures": bundle(*(one for one in resources if one["resourceType"] == "Procedure")),
        "conditions": bundle(*(one for one in resources if one["resourceType"] == "Condition")),
    }
    context = {"userId": "Practitioner/1", "patientId": name}

    response = client.post(hook_request(fetched, context=context))

    assert 200 == response.status_code, response.text
    assert [] == response.get_json()["cards"]
    assert "cannot-grade" == evaluation(response.get_json())["icans"]["certainty"]
