"""Hook requests of a small and of a realistic size."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

ICANS = "https://icans-cds.example/fhir/CodeSystem/icans"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
PATIENT = {"reference": "Patient/p-1"}
_numbers = count(1)

Json = dict[str, Any]


def small(now: datetime) -> bytes:
    """A patient with 20 Observations, about 25 kB."""
    return _request(now, scores=5, observations=20, administrations=1)


def realistic(now: datetime) -> bytes:
    """A patient with 500 Observations and 30 administrations, about 640 kB, all in prefetch."""
    return _request(now, scores=42, observations=500, administrations=30)


def _request(now: datetime, scores: int, observations: int, administrations: int) -> bytes:
    pick = random.Random(1)
    assessed = [_assessment(now, 1 + number * 3.4, pick) for number in range(scores)]
    vitals = [one for number in range(observations) for one in _vital_signs(now, 1.5 + number * 1.4, pick)]
    given = [
        _administration(now, 144 + number, "1987398" if number == 0 else "161") for number in range(administrations)
    ]
    empty = ("encounter", "labs", "procedures", "drugs", "questionnaires", "conditions")
    fetched = {
        "patient": {"resourceType": "Patient", "id": "p-1", "birthDate": "1966-01-01"},
        "scores": _bundle([ice for ice, _ in assessed]),
        "neuro": _bundle([arousal for _, arousal in assessed]),
        "vitals": _bundle(vitals[: observations - 2 * len(assessed)]),
        "therapy": _bundle(given),
        **{key: _bundle([]) for key in empty},
    }
    context = {"userId": "Practitioner/dr-1", "patientId": "p-1"}
    body = {"hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": context}
    return json.dumps(body | {"prefetch": fetched}).encode()


def _bundle(resources: list[Json]) -> Json:
    entries = [{"fullUrl": f"https://ehr.example/fhir/{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def _observation(now: datetime, hours: float, system: str, code: str, **value: Any) -> Json:
    """An Observation with the elements that real ones have and the service does not use."""
    time = (now - timedelta(hours=hours)).isoformat(timespec="seconds")
    return {
        "resourceType": "Observation",
        "id": f"o-{next(_numbers)}",
        "meta": {"versionId": "1", "lastUpdated": time, "source": "#x", "profile": [f"http://x.example/{'p' * 60}"]},
        "text": {"status": "generated", "div": f"<div>{'narrative ' * 29}</div>"},
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}]}
        ],
        "code": {
            "coding": [{"system": LOINC, "code": "8716-3"}, {"system": system, "code": code, "display": "a display"}]
        },
        "subject": PATIENT,
        "effectiveDateTime": time,
        "issued": time,
        "performer": [{"reference": "Practitioner/nurse-1", "display": "N. Urse"}],
    } | value


def _assessment(now: datetime, hours: float, pick: random.Random) -> tuple[Json, Json]:
    """An ICE, and that the patient is alert."""
    alert = {"valueCodeableConcept": {"coding": [{"system": ICANS, "code": "alert"}]}}
    ice = _observation(now, hours, ICANS, "ice-total", valueInteger=pick.choice([5, 8, 9, 10]))
    return ice, _observation(now, hours, ICANS, "consciousness", **alert)


def _quantity(value: float, code: str) -> Json:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def _vital_signs(now: datetime, hours: float, pick: random.Random) -> list[Json]:
    pressure = [
        {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": _quantity(value, "mm[Hg]")}
        for code, value in (("8480-6", 118), ("8462-4", 70))
    ]
    room_air = {"valueCodeableConcept": {"coding": [{"system": ICANS, "code": "room-air"}]}}
    return [
        _observation(now, hours, LOINC, "8310-5", valueQuantity=_quantity(round(36.5 + 2 * pick.random(), 1), "Cel")),
        _observation(now, hours, LOINC, "85354-9", component=pressure),
        _observation(now, hours, LOINC, "59408-5", valueQuantity=_quantity(97, "%")),
        _observation(now, hours, ICANS, "oxygen-device", **room_air),
    ]


def _administration(now: datetime, hours: float, code: str) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "id": f"ma-{next(_numbers)}",
        "text": {"status": "generated", "div": f"<div>{'narrative ' * 29}</div>"},
        "status": "completed",
        "subject": PATIENT,
        "effectiveDateTime": (now - timedelta(hours=hours)).isoformat(timespec="seconds"),
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
    }


def present() -> datetime:
    """The present, to which the times of the requests are relative."""
    return datetime.now(UTC)
