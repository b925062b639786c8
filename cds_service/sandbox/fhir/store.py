"""The store of the embedded server: created resources must be valid FHIR of the right type, and are limited."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

import msgspec
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.errors import RefusedError
from cds_service.sandbox.fhir.matching import reference_of
from cds_service.sandbox.stories.seed import resources_of
from cds_service.sandbox.stories.story import Json

# A type, and the patient whose resources of that type are kept together; empty: those of all patients.
Shelf = tuple[str, str]
# A demo that others can reach must not grow without limit.
MAX_CREATED = 1000


class Store:
    """Resources are replaced, never changed, so that a reader can safely keep one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """An empty store."""
        self.since, self._now = now(), now
        self._lock = threading.Lock()
        self._shelves: dict[Shelf, dict[str, Json]] = {}
        self._created: list[Json] = []

    def load(self, bundles: Iterable[Json]) -> None:
        """Replace all content by the resources of these Bundles."""
        shelves: dict[Shelf, dict[str, Json]] = {}
        for bundle in bundles:
            for resource in resources_of(bundle):
                _put(shelves, resource)
        with self._lock:
            self._shelves, self._created, self.since = shelves, [], self._now()

    def create(self, resource: Json) -> Json | None:
        """The resource as stored, under an id assigned here; None if the store is full."""
        updated = self._now().isoformat(timespec="milliseconds")
        meta = {**resource.get("meta", {}), "versionId": "1", "lastUpdated": updated}
        kept = {**resource, "id": str(uuid4()), "meta": meta}
        with self._lock:
            if len(self._created) >= MAX_CREATED:
                return None
            _put(self._shelves, kept)
            self._created.append(kept)
        return kept

    def read(self, kind: str, identity: str) -> Json | None:
        """One resource."""
        with self._lock:
            return self._shelves.get((kind, ""), {}).get(identity)

    def all(self, kind: str, patient_id: str = "") -> tuple[Json, ...]:
        """All resources of a type, or those of one patient, in the order of arrival."""
        with self._lock:
            return tuple(self._shelves.get((kind, patient_id), {}).values())

    def kinds(self) -> frozenset[str]:
        """The types of which there are resources."""
        with self._lock:
            return frozenset(kind for kind, _ in self._shelves)

    def created(self, patient_id: str) -> tuple[Json, ...]:
        """The resources created for a patient since the last load, oldest first."""
        with self._lock:
            return tuple(one for one in self._created if _patient_of(one) == patient_id)


def _put(shelves: dict[Shelf, dict[str, Json]], resource: Json) -> None:
    kind, identity = resource["resourceType"], resource["id"]
    for patient_id in {"", _patient_of(resource)}:
        shelves.setdefault((kind, patient_id), {})[identity] = resource


def _patient_of(resource: Json) -> str:
    """The patient of a resource; empty if it has none."""
    subjects = (reference_of(resource, element) for element in ("subject", "for"))
    return next((identity for kind, identity in subjects if kind == "Patient"), "")


# The types that a suggestion may create, and the element that names the patient.
DRAFTS = {"Task": "for", "ServiceRequest": "subject", "MedicationRequest": "subject"}
_ERRORS_SHOWN = 3


class InvalidResourceError(RefusedError):
    """JSON, but not a resource of the type in the URL."""

    status = 422


class NotAResourceError(RefusedError):
    """Not a JSON object."""

    code = "structure"


def create_resource(store: Store, kind: str, body: bytes) -> Json:
    """The resource in a body, as stored. Raises RefusedError for anything but a valid resource of the type."""
    resource = _object(body)
    if resource.get("resourceType") != kind:
        raise InvalidResourceError(f"The resource is no {kind}, which the URL names.")
    return _kept(store, kind, resource)


def create_draft(store: Store, patient_id: str, body: bytes) -> Json:
    """An order or task for this patient, as stored. Raises RefusedError for anything else."""
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
    """The first invalid elements, without their content."""
    wrong = error.errors(include_input=False, include_url=False)[:_ERRORS_SHOWN]
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['type']}" for one in wrong)
