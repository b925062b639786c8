"""The record of a hospital of which the service knows nothing: local codes and units, ICE as a questionnaire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

FLOWSHEET, FORMULARY = "urn:oid:1.2.840.114350.1.13.0.1.7.2.707679", "https://hospital.example/formulary"
ANSWERS, FORM = "https://hospital.example/flowsheet-answers", "https://hospital.example/Questionnaire/ice"
PATIENT = "e-1001"
AS_OF = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
POINTS = {"year": 1, "month": 1, "city": 0, "hospital": 1, "naming": 1, "commands": 1, "writing": 0, "attention": 0}


def at(hours: float) -> str:
    return (AS_OF - timedelta(hours=hours)).isoformat()


def coded(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def charted(number: int, name: str, hours: float, **value: Any) -> Json:
    """A row of the flowsheet."""
    return {
        "resourceType": "Observation",
        "id": f"row-{number}",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": coded(FLOWSHEET, str(number), name),
        "effectiveDateTime": at(hours),
        **value,
    }


def given(number: int, drug: Json, status: str = "completed", **more: Any) -> Json:
    """An administration."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"mar-{number}",
        "status": status,
        "subject": {"reference": f"Patient/{PATIENT}"},
        "medicationCodeableConcept": drug,
        **more,
    }


def form(hours: float) -> Json:
    """ICE as a questionnaire: 5 points."""
    items = [{"linkId": name, "answer": [{"valueInteger": points}]} for name, points in POINTS.items()]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "form-1",
        "status": "completed",
        "questionnaire": FORM,
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authored": at(hours),
        "item": items,
    }


def searchset(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def request(*more: Json) -> Json:
    """The call as the hospital's EHR sends it; `more`: administrations beside."""
    rass = {"valueCodeableConcept": coded(ANSWERS, "rass-n2", "-2 Light sedation")}
    neuro = searchset(charted(310, "RASS", 1, **rass))
    vitals = searchset(
        charted(320, "Temp", 2, valueQuantity={"value": 101.3, "unit": "F"}),
        charted(321, "BP Systolic", 1, valueQuantity={"value": 118, "unit": "mmHg"}),
        charted(322, "SpO2", 1, valueQuantity={"value": 97, "unit": "%"}),
    )
    labs = searchset(charted(410, "Platelet count", 5, valueQuantity={"value": 84, "unit": "K/uL"}))
    cells = given(1, coded(FORMULARY, "CELL-1", "axicabtagene ciloleucel (Yescarta)"), effectiveDateTime=at(120))
    therapy = searchset(cells, *more)
    return {
        "hook": "patient-view",
        "hookInstance": "made-up",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "1961-04-02"},
            "encounter": None,
            "scores": None,
            "neuro": neuro,
            "vitals": vitals,
            "labs": labs,
            "therapy": therapy,
            "procedures": None,
            "drugs": therapy,
            "questionnaires": searchset(form(1)),
            "conditions": None,
        },
    }


def propofol() -> Json:
    """A drip of propofol that runs, by the hospital's own code."""
    return given(
        2,
        coded(FORMULARY, "DRIP-7", "Propofol 10 mg/mL infusion"),
        "in-progress",
        effectivePeriod={"start": at(3)},
        dosage={"rateQuantity": {"value": 20, "unit": "mcg/kg/min"}},
    )
