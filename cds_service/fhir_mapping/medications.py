"""MedicationAdministrations to doses of therapy and administrations of drugs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from cds_service.clinical.facts import Administration, CellDose, DoseRecord
from cds_service.fhir_mapping.collector import Collector
from cds_service.fhir_mapping.r4 import (
    CodeableConcept,
    Coding,
    Ingredient,
    Medication,
    MedicationAdministration,
    OtherContained,
    Quantity,
    Ratio,
)
from cds_service.fhir_mapping.terminology import Terminology, normalised
from cds_service.fhir_mapping.times import When, parse_when
from cds_service.fhir_mapping.units import Units, canonical
from cds_service.fhir_mapping.unreadable import Unreadable

USABLE = frozenset({"completed", "in-progress", "stopped"})
RUNNING = "in-progress"
DOSE = "dose"
STOPPED = "stopped"
CELLS, CELLS_PER_KG = "cells", "cells-per-kg"


class Drug(NamedTuple):
    """A drug that was recognised; `strength` where it is an ingredient of something else."""

    name: str
    strength: Ratio | None = None


class Span(NamedTuple):
    """When something was given; `end` None while it runs."""

    start: When
    end: datetime | None
    period: bool


class MedicationMapper:
    """Reads MedicationAdministrations into a Collector."""

    def __init__(self, terminology: Terminology, units: Units, therapies: Mapping[str, str]) -> None:
        """`therapies`: the class of each product that starts a course."""
        self._terminology = terminology
        self._dose_units = units[DOSE]
        self._cell_units = {CELLS: units[CELLS], CELLS_PER_KG: units[CELLS_PER_KG]}
        self._therapies = therapies

    def read(self, given: MedicationAdministration, medications: Mapping[str, Medication], into: Collector) -> None:
        """Add what was given; a drug that concerns nothing we look for is passed over."""
        drugs = self._drugs(given, medications, into)
        if not drugs or not _is_usable(given, drugs[0].name, into):
            return
        span = _span(given, drugs[0].name, into)
        if span is None:
            return
        source = f"MedicationAdministration/{given.id}" if given.id else ""
        for drug in drugs:
            if drug.name in self._therapies:
                therapy_class, start = self._therapies[drug.name], span.start
                cells = self._cells(given.dosage.dose if given.dosage else None)
                into.doses.append(DoseRecord(start.moment, therapy_class, drug.name, start.date_only, source, cells))
            else:
                into.administrations.append(self._administration(drug, given, span, source))

    def _drugs(
        self, given: MedicationAdministration, medications: Mapping[str, Medication], into: Collector
    ) -> list[Drug]:
        medication = _medication(given, medications)
        if medication is None:
            into.gap("medication", "unreadable", "reference")
            return []
        codings, ingredients = medication
        name = self._terminology.drugs.find(codings)
        if name is not None:
            return [Drug(name)]
        found = [drug for drug in self._ingredients(ingredients) if drug]
        unverified = None if found else self._terminology.drugs.find_unverified(codings)
        if unverified is not None:
            into.gap(unverified, "not-derivable", "code not verified")
        return found

    def _ingredients(self, ingredients: Iterable[Ingredient]) -> Iterator[Drug]:
        for ingredient in ingredients:
            concept = ingredient.itemCodeableConcept
            name = self._terminology.drugs.find(concept.coding) if concept else None
            if name is not None:
                yield Drug(name, ingredient.strength)

    def _administration(self, drug: Drug, given: MedicationAdministration, span: Span, source: str) -> Administration:
        dosage = given.dosage
        rated = dosage is not None and (dosage.rateQuantity is not None or dosage.rateRatio is not None)
        return Administration(
            time=span.start.moment,
            drug=drug.name,
            end=span.end,
            infusion=rated or span.period or span.end is None,
            systemic=not self._is_local(dosage.route if dosage else None),
            milligrams=self._milligrams(dosage.dose if dosage else None, drug.strength),
            source=source,
            complete=given.status not in {RUNNING, STOPPED},
        )

    def _is_local(self, route: CodeableConcept | None) -> bool:
        codings = route.coding if route else []
        return any(normalised(coding) in self._terminology.local_routes for coding in codings)

    def _cells(self, dose: Quantity | None) -> CellDose | None:
        """How many cells were given; None where the record says it as a volume, or not at all."""
        if dose is None or dose.comparator:
            return None
        for unit, table in self._cell_units.items():
            try:
                return CellDose(canonical(dose, table), unit == CELLS_PER_KG)
            except Unreadable:
                continue
        return None

    def _milligrams(self, dose: Quantity | None, strength: Ratio | None) -> float | None:
        """The amount in mg; None where the record does not say it."""
        try:
            if dose is None or dose.comparator:
                return None
            if strength is None:
                return canonical(dose, self._dose_units)
            return self._from_strength(dose, strength)
        except Unreadable:
            return None

    def _from_strength(self, dose: Quantity, strength: Ratio) -> float | None:
        """A volume of a mixture times what an ingredient has in a volume."""
        part, whole = strength.numerator, strength.denominator
        if part is None or whole is None or not whole.value or dose.value is None:
            return None
        if (dose.code or dose.unit) != (whole.code or whole.unit):
            return None
        return canonical(part, self._dose_units) * dose.value / whole.value


def _is_usable(given: MedicationAdministration, name: str, into: Collector) -> bool:
    if given.modifierExtension:
        into.gap(name, "unreadable", "modifierExtension")
        return False
    if given.status not in USABLE:
        into.gap(name, "unusable-status")
        return False
    return True


def _span(given: MedicationAdministration, name: str, into: Collector) -> Span | None:
    """From when to when; a period without an end that is not in progress is taken as its start only.

    A rate of 0 is how charts record that a drip was halted: it runs no longer.
    """
    period, running = given.effectivePeriod, given.status == RUNNING and not _is_halted(given)
    ended = parse_when(period.end, into.zone) if period else None
    end = into.latest if running else ended.moment if ended else None
    start = into.when(name, given.effectiveDateTime or (period.start if period else None), end)
    if start is None:
        return None
    if running:
        return Span(start, None, period is not None)
    moment = max(end or start.moment, start.moment)
    return Span(start, moment, moment > start.moment)


def _is_halted(given: MedicationAdministration) -> bool:
    rate = given.dosage.rateQuantity if given.dosage else None
    return rate is not None and rate.value == 0


def _medication(
    given: MedicationAdministration, medications: Mapping[str, Medication]
) -> tuple[list[Coding], list[Ingredient]] | None:
    """The codings and ingredients of what was given; None where a reference leads nowhere."""
    if given.medicationCodeableConcept is not None:
        return given.medicationCodeableConcept.coding, []
    reference = given.medicationReference.reference if given.medicationReference else None
    if reference is None:
        return None
    if reference.startswith("#"):
        return _contained(given.contained, reference[1:])
    medication = medications.get(reference_key(reference))
    return (medication.code.coding, medication.ingredient) if medication else None


def _contained(contained: Iterable[OtherContained], wanted: str) -> tuple[list[Coding], list[Ingredient]] | None:
    found = next((one for one in contained if one.id == wanted and one.resourceType == "Medication"), None)
    if found is None:
        return None
    try:
        code = msgspec.convert(found.code or {}, CodeableConcept)
        return code.coding, msgspec.convert(found.ingredient or [], list[Ingredient])
    except msgspec.ValidationError:
        return None


def reference_key(reference: str) -> str:
    """A relative, absolute, versioned or urn:uuid reference as the id that it ends with."""
    return reference.split("/_history/", maxsplit=1)[0].rsplit("/", 1)[-1].removeprefix("urn:uuid:")
