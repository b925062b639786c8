"""From MedicationRequests and ServiceRequests to orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cds_service.clinical.facts.gap import UNKNOWN_DRUG, GapKind, Part
from cds_service.clinical.facts.occasion import Unjudged, UnjudgedReason
from cds_service.clinical.facts.orders import DRAFT, PER_KG, PER_M2, Order, OrderedDose
from cds_service.clinical.tables.names import Drug
from cds_service.fhir_mapping.orders.rates import infused_at_a_time, number_of_doses, times_a_day
from cds_service.fhir_mapping.r4.datatypes import Quantity
from cds_service.fhir_mapping.r4.structs import DosageInstruction, MedicationRequest, ServiceRequest
from cds_service.fhir_mapping.read.collector import Collector, Unreadable
from cds_service.fhir_mapping.read.drugs import Medications, NamedDrug, drugs_of, unverified_drug
from cds_service.fhir_mapping.read.units import Units, canonical
from cds_service.fhir_mapping.terminology import Terminology

# The sections of units.toml for drug amounts, with what each amount is per.
AMOUNTS = {"dose": "", "dose-per-kg": PER_KG, "dose-per-m2": PER_M2}
# The possible states of a request; `unknown` is treated like a missing one.
STATUSES = frozenset({"draft", "active", "on-hold", "stopped", "cancelled", "revoked", "completed", "entered-in-error"})

Ordering = MedicationRequest | ServiceRequest


class Amount(NamedTuple):
    """Mg, or mg per kg or m2; None if unknown."""

    value: float | None
    per: str = ""


class _Named(NamedTuple):
    """An order without doses, and its drug."""

    drug: NamedDrug
    order: Order


@dataclass(frozen=True, slots=True)
class OrderMapper:
    """Reads orders; an order of a drug of interest that cannot be read in full leaves a gap."""

    terminology: Terminology
    units: Units

    def read(self, order: Ordering, medications: Medications, into: Collector) -> Iterator[Order]:
        """The orders in a resource with their doses, one for each drug of interest."""
        for drug, named in self._named(order, medications, into):
            yield self._dosed(named, order, drug, into) if isinstance(order, MedicationRequest) else named

    def named(self, order: Ordering, medications: Medications, into: Collector) -> Iterator[Order]:
        """The same without doses, for use where only the drug matters."""
        return (one.order for one in self._named(order, medications, into))

    def _named(self, order: Ordering, medications: Medications, into: Collector) -> Iterator[_Named]:
        for drug in () if order.doNotPerform else self._drugs(order, medications, into):
            if order.modifierExtension:
                into.gap(drug.name, GapKind.UNREADABLE, Part.MODIFIER)
                into.unread.append(Unjudged(_order(order, drug.name), UnjudgedReason.MODIFIER))
            elif order.status not in STATUSES:
                into.gap(drug.name, GapKind.UNREADABLE, Part.STATUS)
                into.unread.append(Unjudged(_order(order, drug.name), UnjudgedReason.STATUS))
            else:
                yield _Named(drug, _order(order, drug.name))

    def _drugs(self, order: Ordering, medications: Medications, into: Collector) -> list[NamedDrug]:
        known = self.terminology.drugs
        if isinstance(order, MedicationRequest):
            drugs = drugs_of(order, medications, known, into)
            if drugs is None:
                into.gap(UNKNOWN_DRUG, GapKind.UNREADABLE, Part.ORDERED)
                into.unread.append(Unjudged(_order(order, UNKNOWN_DRUG), UnjudgedReason.DRUG))
            elif not drugs and (name := unverified_drug(order, medications, known)):
                into.unread.append(Unjudged(_order(order, name), UnjudgedReason.CODE))
            return drugs or []
        name = known.find(order.code.coding)
        return [NamedDrug(name)] if name else []

    def _dosed(self, named: Order, order: MedicationRequest, drug: NamedDrug, into: Collector) -> Order:
        dosages = order.dosageInstruction
        if not dosages:
            into.gap(drug.name, GapKind.NOT_DERIVABLE, Part.DOSE)
        local = [self.terminology.is_local(dosage.route) for dosage in dosages]
        return named._replace(
            doses=tuple(self._dose(dosage, drug, into) for dosage in dosages),
            systemic=not (local and all(local)),
        )

    def _dose(self, dosage: DosageInstruction, drug: NamedDrug, into: Collector) -> OrderedDose:
        amount = Amount(None) if drug.strength else self._amount(dosage, drug.name, into)
        often = times_a_day(dosage.timing)
        if often is None:
            into.gap(drug.name, GapKind.NOT_DERIVABLE, Part.TIMING)
        maximum = dosage.maxDosePerAdministration
        return OrderedDose(
            amount.value,
            amount.per,
            often,
            number_of_doses(dosage.timing),
            self._quantity(maximum, drug.name, into).value if maximum else None,
            int(dosage.sequence or 0),
        )

    def _amount(self, dosage: DosageInstruction, drug: Drug, into: Collector) -> Amount:
        """The maximum per administration; for an infusion ordered by rate, the amount given in its time."""
        for given in dosage.doseAndRate:
            most = given.doseRange.high if given.doseRange else None
            quantity = given.doseQuantity or most
            if quantity is not None:
                return self._quantity(quantity, drug, into)
        infused = infused_at_a_time(dosage)
        if infused is not None:
            return self._quantity(infused, drug, into)
        into.gap(drug, GapKind.NOT_DERIVABLE, Part.DOSE)
        return Amount(None)

    def _quantity(self, quantity: Quantity, drug: Drug, into: Collector) -> Amount:
        try:
            return _converted(quantity, self.units)
        except Unreadable as reason:
            into.refuse(drug, reason)
            return Amount(None)


def _order(order: Ordering, drug: Drug) -> Order:
    reference = f"{type(order).__name__}/{order.id}" if order.id else ""
    replaces = isinstance(order, MedicationRequest) and order.priorPrescription is not None
    return Order(reference, drug, status_of(order.status), replaces=replaces)


def status_of(text: str | None) -> str:
    """The status of an order; one that is not in FHIR's terms is treated as a draft rather than ignored."""
    return text if text in STATUSES else DRAFT


def _converted(quantity: Quantity, units: Units) -> Amount:
    """An amount in mg, mg/kg or mg/m2. Raises Unreadable."""
    if quantity.comparator:
        raise Unreadable(GapKind.UNREADABLE, Part.COMPARATOR)
    spelling = (quantity.code or quantity.unit or "").strip()
    section = next((name for name in AMOUNTS if units[name].conversion(spelling) is not None), "dose")
    return Amount(canonical(quantity, units[section]), AMOUNTS[section])
