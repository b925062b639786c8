"""The doctor with a real HAPI FHIR server and a long record."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from cds_service.cli import commands
from cds_service.doctor.examine import NEWEST
from tests.builders import LOINC, UCUM
from tests.verification.conftest import Hapi
from tests.verification.hapi import put

pytestmark = pytest.mark.hapi
PATIENT, MANY = "long-record", 2000
MOST_SECONDS = 3.0
# Every fifth is of the site's own code: no search asks for it.
CODES = (("8310-5", "Cel", 37.2), ("8480-6", "mm[Hg]", 118), ("59408-5", "%", 97), ("777-3", "10*3/uL", 84))
LOCAL = {"system": "https://hospital.example/flowsheet", "code": "310", "display": "ICE score"}


def observation(number: int, hapi: Hapi) -> dict[str, Any]:
    moment = (hapi.now - timedelta(minutes=5 * number)).isoformat()
    code, unit, value = CODES[number % len(CODES)]
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": moment,
    }
    if number % 5 == 0:
        return resource | {"code": {"coding": [LOCAL]}, "valueInteger": 7}
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return resource | {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": quantity}


@pytest.fixture(scope="module")
def record(hapi: Hapi) -> Hapi:
    """A patient with 2,000 Observations of the last week."""
    put(hapi.base, {"resourceType": "Patient", "id": PATIENT, "birthDate": "1960-01-01"})
    entries = [
        {"resource": observation(number, hapi), "request": {"method": "POST", "url": "Observation"}}
        for number in range(MANY)
    ]
    for begin in range(0, MANY, 500):
        body = {"resourceType": "Bundle", "type": "transaction", "entry": entries[begin : begin + 500]}
        requests.post(hapi.base, json=body, timeout=120).raise_for_status()
    return hapi


def examined(hapi: Hapi) -> tuple[dict[str, Any], float]:
    arguments = ["doctor", "--json", "--profile", "hapi", "--fhir", hapi.base, "--patient", PATIENT]
    begun = time.perf_counter()
    result = CliRunner().invoke(commands, arguments)
    taken = time.perf_counter() - begun
    assert 1 == result.exit_code, result.output
    return json.loads(result.stdout), taken


def test_a_long_record_is_examined_in_time(record: Hapi) -> None:
    examined(record)

    found, taken = min((examined(record) for _ in range(5)), key=lambda one: one[1])

    assert taken < MOST_SECONDS
    counted = {one["concept"]: one["count"] for one in found["understood"]}
    assert MANY * 4 // 5 == sum(counted.values())
    (own,) = [one for one in found["unknown"] if one["code"] == "310"]
    assert "ice-total" == own["suggestedConcept"]
    assert NEWEST // 5 <= own["count"] < MANY // 5


def test_the_server_offers_what_the_searches_need(record: Hapi) -> None:
    found, _ = examined(record)

    assert [] == [one for one in found["problems"] if "the server does not" in one["text"]]
    assert [] == [one for one in found["searches"] if "failure" in one]


def test_a_patient_who_is_not_there_is_a_problem(hapi: Hapi) -> None:
    result = CliRunner().invoke(commands, ["doctor", "--json", "--fhir", hapi.base, "--patient", "nobody"])

    assert 1 == result.exit_code
    assert "HTTP 404" in " ".join(one["text"] for one in json.loads(result.stdout)["problems"])
