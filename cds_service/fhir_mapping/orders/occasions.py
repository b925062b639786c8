"""From the drafts of a call to its occasion: the patient's orders, and those that cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.clinical.facts.gap import UNKNOWN_DRUG, Gap, GapKind, Part
from cds_service.clinical.facts.occasion import Occasion, Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, Order
from cds_service.fhir_mapping.orders.drafts import Call, Drafts
from cds_service.fhir_mapping.orders.requests import OrderMapper, status_of
from cds_service.fhir_mapping.r4.datatypes import Reference
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.drugs import Medications
from cds_service.fhir_mapping.read.patients import is_of_patient

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OccasionReader:
    """Reads the drafts of one patient's call. `medications`: those that orders may refer to, by id."""

    orders: OrderMapper
    medications: Medications
    patient_id: str

    def read(self, call: Call, into: Collector) -> Occasion:
        """What cannot be used of the drafts becomes a gap; an order that cannot be judged is also put into `unread`."""
        drafts = call.drafts
        own = [one for one in drafts.orders if self._is_own(one)]
        orders = tuple(order for one in own for order in self.orders.read(one, self.medications, into))
        for kind in drafts.unreadable:
            into.gap(kind, GapKind.UNREADABLE, Part.DRAFT)
        strangers, missing = len(drafts.orders) - len(own), len(drafts.missing)
        others = [Gap("orders", GapKind.WRONG_PATIENT, strangers)] if strangers else []
        others += [Gap("orders", GapKind.NOT_RECORDED, missing, Part.SELECTION)] if missing else []
        unread = (*into.unread, *self._lost(drafts), *self._of_nobody(drafts, into), *self._not_found(drafts, into))
        return Occasion(call.kind, call.service, orders, (*others, *into.gaps), unread)

    def _is_own(self, order: Any) -> bool:
        return is_of_patient(order.subject, self.patient_id)

    def _lost(self, drafts: Drafts) -> Iterator[Unjudged]:
        """Orders of which only an id, and perhaps a subject, is known."""
        for sent in drafts.lost_orders:
            subject, status, name = (_text(sent, *path) for path in (("subject", "reference"), ("status",), ("id",)))
            if not subject or is_of_patient(Reference(reference=subject), self.patient_id):
                reference = f"MedicationRequest/{name}" if name else ""
                yield Unjudged(Order(reference, UNKNOWN_DRUG, status_of(status)), UnjudgedReason.UNREADABLE)

    def _of_nobody(self, drafts: Drafts, like: Collector) -> Iterator[Unjudged]:
        """Orders that do not name their patient."""
        nobodys = [one for one in drafts.orders if one.subject is None or not one.subject.reference]
        yield from (Unjudged(order, UnjudgedReason.SUBJECT) for order in self._named(nobodys, like))

    def _not_found(self, drafts: Drafts, like: Collector) -> Iterator[Unjudged]:
        """Selections without a matching draft; or no match at all, which leaves every draft unjudged."""
        if drafts.missing:
            yield Unjudged(Order("", UNKNOWN_DRUG, DRAFT), UnjudgedReason.SELECTION)
        if drafts.selected is not None and not drafts.selected:
            own = [one for one in drafts.all_orders if self._is_own(one)]
            yield from (Unjudged(order, UnjudgedReason.NOT_SELECTED) for order in self._named(own, like))

    def _named(self, resources: list[Any], like: Collector) -> Iterator[Order]:
        """The drugs ordered, known or not; their gaps are not reported, because these orders are not judged."""
        apart = like.apart()
        yield from [order for one in resources for order in self.orders.named(one, self.medications, apart)]
        yield from (unread.order for unread in apart.unread)


def _text(sent: Json, *path: str) -> str:
    """A text value within an unreadable resource; empty if there is none."""
    value: Any = sent
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
