"""The draft orders of a call as an EHR sends them: read entry by entry, or written for cases, sandbox and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.facts.orders import Order, OrderedDose
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.r4.structs import KNOWN_TYPES, MedicationRequest, Resource, ServiceRequest
from cds_service.fhir_mapping.terminology import ValueSet
from cds_service.fhir_mapping.write.resources import Subject, medication_of, patient_of, quantity, time_of

Json = dict[str, Any]
ORDERS = (MedicationRequest, ServiceRequest)
ORDER = MedicationRequest.__name__


@dataclass(frozen=True, slots=True)
class Drafts:
    """`sent`: each resource with an id, by reference. `unreadable`: the types of those that could only be read in part.

    `lost`: MedicationRequests, or what may be one, of which nothing could be read. `selected`: the references that the
    call is about; None: all of them.
    """

    resources: tuple[Any, ...] = ()
    sent: Mapping[str, Json] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    lost: tuple[Json, ...] = ()
    selected: frozenset[str] | None = None

    @property
    def all_orders(self) -> list[Any]:
        """The orders among the drafts, selected or not."""
        return [one for one in self.resources if isinstance(one, ORDERS)]

    @property
    def orders(self) -> list[Any]:
        """The orders that the call is about."""
        return [one for one in self.all_orders if self._is_selected(f"{type(one).__name__}/{one.id}")]

    @property
    def lost_orders(self) -> list[Json]:
        """The orders of the call of which nothing could be read."""
        return [one for one in self.lost if self._is_selected(f"{ORDER}/{one.get('id')}")]

    @property
    def missing(self) -> frozenset[str]:
        """Selected references that are not among the drafts."""
        return (self.selected or frozenset()) - set(self.sent)

    def _is_selected(self, reference: str) -> bool:
        return self.selected is None or reference in self.selected


class Call(NamedTuple):
    """The request: which of our services, on what occasion, about which drafts."""

    service: str
    kind: OccasionKind
    drafts: Drafts = Drafts()


def read_drafts(bundle: Mapping[str, Any], selections: Sequence[str] | None = None) -> Drafts:
    """The drafts in the Bundle of a call, entry by entry: a bad entry affects only itself."""
    sent = list(_sent(bundle))
    found = [resource for resource in sent if _type_of(resource) in KNOWN_TYPES]
    junk = tuple(resource for resource in sent if _may_be_an_order(_type_of(resource)))
    whole = [(_typed(resource), resource) for resource in found]
    rest = [(_typed(_without_dosage(broken)), broken) for one, broken in whole if one is None]
    return Drafts(
        resources=tuple(one for one, _ in (*whole, *rest) if one is not None),
        sent={f"{one['resourceType']}/{one['id']}": one for one in found if isinstance(one.get("id"), str)},
        unreadable=(*(_type_of(broken) for _, broken in rest), *(ORDER for _ in junk)),
        lost=(*(broken for one, broken in rest if one is None and _type_of(broken) == ORDER), *junk),
        selected=None if selections is None else frozenset(map(_relative, selections)),
    )


def _sent(bundle: Mapping[str, Any]) -> Iterator[Json]:
    """The resource of each entry; empty if there is none."""
    for entry in bundle.get("entry", ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        yield resource if isinstance(resource, dict) else {}


def _may_be_an_order(kind: str) -> bool:
    """Whether a type is missing, or is that of a drug order apart from its spelling."""
    return not kind.strip() or (kind != ORDER and kind.strip().casefold() == ORDER.casefold())


def _type_of(resource: Json) -> str:
    kind = resource.get("resourceType")
    return kind if isinstance(kind, str) else ""


def _typed(resource: Json) -> Any:
    """The resource, or None if it cannot be read."""
    try:
        return msgspec.convert(resource, Resource)
    except msgspec.ValidationError:
        return None


def _without_dosage(resource: Json) -> Json:
    """The same without its dosage: if only that cannot be read, the drug can still be identified."""
    return {name: value for name, value in resource.items() if name != "dosageInstruction"}


def _relative(reference: str) -> str:
    """A relative, absolute or versioned reference as type and id."""
    return "/".join(reference.split("/_history/", maxsplit=1)[0].rsplit("/", maxsplit=2)[-2:])


def draft_of(order: Order, subject: Subject, value_sets: Mapping[Concept, ValueSet]) -> Json:
    """An order as an EHR would send it among the drafts of a call."""
    return {
        "resourceType": "MedicationRequest",
        "id": order.reference.rsplit("/", 1)[-1],
        "status": order.status,
        "intent": "order",
        "medicationCodeableConcept": medication_of(order.drug, value_sets),
        "subject": patient_of(subject),
        "authoredOn": time_of(subject.as_of),
        **({"dosageInstruction": [_ordered(dose) for dose in order.doses]} if order.doses else {}),
    }


def _ordered(dose: OrderedDose) -> Json:
    unit = f"mg/{dose.per}" if dose.per else "mg"
    frequency = {"frequency": dose.a_day, "period": 1, "periodUnit": "d"} if dose.a_day else {}
    number = {"count": dose.number} if dose.number else {}
    return {
        "timing": {"repeat": {**frequency, **number}},
        "doseAndRate": [{"doseQuantity": quantity(dose.amount or 0, unit)}],
    }
