"""What may be created in the sandbox: valid FHIR of the right type, and not without end."""

from __future__ import annotations

import msgspec
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.errors import RefusedError
from cds_service.sandbox.fhir.store import Store
from cds_service.sandbox.stories.story import Json

# What a suggestion may create, and the element that says for whom.
DRAFTS = {"Task": "for", "ServiceRequest": "subject", "MedicationRequest": "subject"}
_ERRORS_SHOWN = 3


class InvalidResourceError(RefusedError):
    """JSON, but not a resource of the type that the URL names."""

    status = 422


class NotAResourceError(RefusedError):
    """Not a JSON object at all."""

    code = "structure"


def create_resource(store: Store, kind: str, body: bytes) -> Json:
    """What a body holds, as kept. Raises RefusedError for anything but a valid resource of the type."""
    resource = _object(body)
    if resource.get("resourceType") != kind:
        raise InvalidResourceError(f"The resource is no {kind}, which the URL names.")
    return _kept(store, kind, resource)


def create_draft(store: Store, patient_id: str, body: bytes) -> Json:
    """An order or a task for this patient, as kept. Raises RefusedError for anything else."""
    resource = _object(body)
    kind, reference = resource.get("resourceType"), {"reference": f"Patient/{patient_id}"}
    if kind not in DRAFTS or resource.get(DRAFTS[kind]) != reference:
        raise InvalidResourceError(f"Not a draft for this patient: one of {', '.join(DRAFTS)} is expected.")
    return _kept(store, kind, resource)


def _kept(store: Store, kind: str, resource: Json) -> Json:
    _require_valid(kind, resource)
    kept = store.create(resource)
    if kept is None:
        raise InvalidResourceError("This sandbox is full. Start the stories again to empty it.")
    return kept


def _object(body: bytes) -> Json:
    try:
        resource = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotAResourceError("The body is not JSON.") from error
    if not isinstance(resource, dict):
        raise NotAResourceError("The body is not a JSON object.")
    return resource


def _require_valid(kind: str, resource: Json) -> None:
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValidationError as error:
        raise InvalidResourceError(f"Not a valid {kind}: {_places(error)}.") from error
    except (KeyError, RecursionError) as error:
        raise InvalidResourceError(f"Not a valid {kind}: a contained resource is of no known type.") from error


def _places(error: ValidationError) -> str:
    """The first elements that are wrong, without what they hold."""
    wrong = error.errors(include_input=False, include_url=False)[:_ERRORS_SHOWN]
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['type']}" for one in wrong)
