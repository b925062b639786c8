"""The embedded FHIR server's memory: resources by type and id, safe for threads, never on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import uuid4

from cds_service.sandbox.fhir.matching import reference_of
from cds_service.sandbox.stories.seed import resources_of
from cds_service.sandbox.stories.story import Json

# A type, and a patient whose resources of that type are kept together; empty: those of everybody.
Shelf = tuple[str, str]
# A demo that is reachable by others must not grow for ever.
MAX_CREATED = 1000


class Store:
    """Resources are replaced, never changed, so that a reader may keep one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Empty, since now."""
        self.since, self._now = now(), now
        self._lock = threading.Lock()
        self._shelves: dict[Shelf, dict[str, Json]] = {}
        self._created: list[Json] = []

    def load(self, bundles: Iterable[Json]) -> None:
        """Hold the resources of these Bundles and nothing else, from now on."""
        shelves: dict[Shelf, dict[str, Json]] = {}
        for bundle in bundles:
            for resource in resources_of(bundle):
                _put(shelves, resource)
        with self._lock:
            self._shelves, self._created, self.since = shelves, [], self._now()

    def create(self, resource: Json) -> Json | None:
        """The resource as kept, under an id of ours; None where no more is taken."""
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
        """All resources of a type, or those of a patient, in the order in which they came."""
        with self._lock:
            return tuple(self._shelves.get((kind, patient_id), {}).values())

    def kinds(self) -> frozenset[str]:
        """The types that there is something of."""
        with self._lock:
            return frozenset(kind for kind, _ in self._shelves)

    def created(self, patient_id: str) -> tuple[Json, ...]:
        """What was created for a patient since the last load, oldest first."""
        with self._lock:
            return tuple(one for one in self._created if _patient_of(one) == patient_id)


def _put(shelves: dict[Shelf, dict[str, Json]], resource: Json) -> None:
    kind, identity = resource["resourceType"], resource["id"]
    for patient_id in {"", _patient_of(resource)}:
        shelves.setdefault((kind, patient_id), {})[identity] = resource


def _patient_of(resource: Json) -> str:
    """Whose a resource is; empty where it is nobody's."""
    subjects = (reference_of(resource, element) for element in ("subject", "for"))
    return next((identity for kind, identity in subjects if kind == "Patient"), "")
