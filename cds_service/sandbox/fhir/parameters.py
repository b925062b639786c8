"""The search parameters that the embedded server understands, by type; its CapabilityStatement lists just these."""

from __future__ import annotations

from typing import NamedTuple

TOKEN, DATE, REFERENCE = "token", "date", "reference"


class Parameter(NamedTuple):
    """How a parameter is compared, and with which elements; `target`: the type that a bare id means."""

    kind: str
    elements: tuple[str, ...]
    target: str = ""


def _token(*elements: str) -> Parameter:
    return Parameter(TOKEN, elements)


def _date(*elements: str) -> Parameter:
    return Parameter(DATE, elements)


def _about(element: str = "subject") -> dict[str, Parameter]:
    return {"patient": Parameter(REFERENCE, (element,), "Patient"), "subject": Parameter(REFERENCE, (element,))}


_STATUS = _token("status")
_DRUG = _token("medicationCodeableConcept")
_GIVEN = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")

PARAMETERS: dict[str, dict[str, Parameter]] = {
    "Patient": {"identifier": _token("identifier"), "gender": _token("gender"), "birthdate": _date("birthDate")},
    "Encounter": {**_about(), "status": _STATUS, "class": _token("class"), "date": _date("period")},
    "Observation": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "status": _STATUS,
        "date": _date(*_GIVEN),
    },
    "MedicationAdministration": {**_about(), "code": _DRUG, "status": _STATUS, "effective-time": _date(*_GIVEN)},
    "MedicationRequest": {**_about(), "code": _DRUG, "status": _STATUS, "authoredon": _date("authoredOn")},
    "Medication": {"code": _token("code"), "status": _STATUS},
    "Procedure": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "status": _STATUS,
        "date": _date("performedDateTime", "performedPeriod"),
    },
    "Condition": {
        **_about(),
        "code": _token("code"),
        "category": _token("category"),
        "clinical-status": _token("clinicalStatus"),
        "verification-status": _token("verificationStatus"),
        "onset-date": _date("onsetDateTime", "onsetPeriod"),
        "recorded-date": _date("recordedDate"),
    },
    "QuestionnaireResponse": {**_about(), "status": _STATUS, "authored": _date("authored")},
    "ServiceRequest": {**_about(), "code": _token("code"), "status": _STATUS, "authored": _date("authoredOn")},
    "Task": {**_about("for"), "code": _token("code"), "status": _STATUS, "authored-on": _date("authoredOn")},
}
# The one that R4 gives the service: a drug that is only referred to.
INCLUDES = {"MedicationAdministration": {"MedicationAdministration:medication": "medicationReference"}}
