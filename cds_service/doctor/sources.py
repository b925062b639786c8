"""The call that is examined, from what an engineer has at hand: a patient on a server, a Bundle, a recorded request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from cds_service.errors import SettingsError
from cds_service.fhir_mapping.data_requirements import Requirement

Json = dict[str, Any]
HOOK_INSTANCE = "icans-cds-doctor"


def of_server(base: str, patient: str, token: str) -> Json:
    """A patient-view call that names a FHIR server."""
    access = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "", "subject": ""}
    return _call(patient) | {"fhirServer": base} | ({"fhirAuthorization": access} if token else {})


def of_bundle(bundle: Any, patient: str, requirements: Sequence[Requirement]) -> Json:
    """A patient-view call whose prefetch is a Bundle: all of one type under the first key for it.

    Raises SettingsError if it is no Bundle, or has not exactly one patient to look at.
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise SettingsError("--bundle: this is JSON, and not a FHIR Bundle")
    sent = [
        one["resource"] for one in bundle.get("entry") or [] if isinstance(one, dict) and _is_typed(one.get("resource"))
    ]
    patients = [one for one in sent if one["resourceType"] == "Patient" and (not patient or one.get("id") == patient)]
    if len(patients) != 1 or not isinstance(patients[0].get("id"), str):
        raise SettingsError(
            f"--bundle: it holds {len(patients)} such Patients; name one that it holds with --patient ID"
        )
    by_type: defaultdict[str, list[Json]] = defaultdict(list)
    for resource in sent:
        by_type[
            "MedicationAdministration" if resource["resourceType"] == "Medication" else resource["resourceType"]
        ].append(resource)
    prefetch: dict[str, Any] = {"patient": patients[0]}
    for one in requirements:
        if not one.is_read:
            prefetch[one.key] = _searchset(by_type.pop(one.resource, []))
    return _call(str(patients[0]["id"])) | {"prefetch": prefetch}


def _is_typed(resource: Any) -> bool:
    return isinstance(resource, dict) and isinstance(resource.get("resourceType"), str)


def _searchset(resources: list[Json]) -> Json | None:
    """None: it was looked up, and there is nothing."""
    return (
        {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}
        if resources
        else None
    )


def _call(patient: str) -> Json:
    return {
        "hook": "patient-view",
        "hookInstance": HOOK_INSTANCE,
        "context": {"userId": "Practitioner/doctor", "patientId": patient},
    }


def read_json(text: bytes, option: str) -> Any:
    """The JSON of a file. Raises SettingsError, with the place of the fault, that repeats nothing of the file."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{option}: not JSON: {error}") from error
