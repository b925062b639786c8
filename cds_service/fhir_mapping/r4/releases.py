"""Elements of other FHIR releases (DSTU2, STU3, R5), and their names in R4.

Each is a field of its struct that no value fits, so that the strict reader rejects the resource and the lenient one
translates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

# By struct: the path of the element in the other release, and its name in R4.
IN_R4: Mapping[str, Mapping[str, str]] = {
    "MedicationAdministration": {
        "patient": "subject",
        "effectiveTimeDateTime": "effectiveDateTime",
        "effectiveTimePeriod": "effectivePeriod",
        "occurenceDateTime": "effectiveDateTime",
        "occurencePeriod": "effectivePeriod",
        "medication.concept": "medicationCodeableConcept",
        "medication.reference": "medicationReference",
    },
    "Dosage": {"quantity": "dose"},
    "Procedure": {
        "patient": "subject",
        "occurrenceDateTime": "performedDateTime",
        "occurrencePeriod": "performedPeriod",
    },
    "Condition": {"patient": "subject", "dateRecorded": "recordedDate", "assertedDate": "recordedDate"},
    "Encounter": {"patient": "subject"},
}
# Elements that say, if true, that a drug was not given or a procedure not done.
NEGATIONS = {
    "MedicationAdministration": ("notGiven", "wasNotGiven"),
    "Procedure": ("notDone", "notPerformed"),
}
NOT_DONE = "not-done"


def in_r4(kind: str, sent: Json) -> Json:
    """A resource, or a part of one, with R4's names; if R4's own element is present too, it takes precedence."""
    moved = {new: value for old, new in IN_R4.get(kind, {}).items() if (value := _at(sent, old)) is not None}
    known = {name: value for name, value in sent.items() if value is not None}
    return moved | known | _negated(kind, sent)


def _negated(kind: str, sent: Json) -> Json:
    """The status that a negation implies: null if its value cannot be interpreted, none if nothing is negated."""
    said = [sent[name] for name in NEGATIONS.get(kind, ()) if sent.get(name) is not None]
    if any(map(is_true, said)):
        return {"status": NOT_DONE}
    return {} if all(map(is_false, said)) else {"status": None}


def is_true(value: Any) -> bool:
    """Whether a value is true, quoted or not."""
    return value is True or (isinstance(value, str) and value.strip().casefold() == "true")


def is_false(value: Any) -> bool:
    """Whether a value is false, quoted or not."""
    return value is False or (isinstance(value, str) and value.strip().casefold() == "false")


def _at(sent: Json, path: str) -> Any:
    value: Any = sent
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
