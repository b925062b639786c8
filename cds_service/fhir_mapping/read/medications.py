"""MedicationAdministrations to doses of therapy and administrations of drugs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.facts.gap import UNKNOWN_DRUG, GapKind, Part
from cds_service.clinical.facts.patient import Administration, CellDose, DoseRecord
from cds_service.fhir_mapping.r4.datatypes import Quantity, Ratio
from cds_service.fhir_mapping.r4.structs import Medication, MedicationAdministration
from cds_service.fhir_mapping.read.collector import Collector, Unreadable
from cds_service.fhir_mapping.read.drugs import Drug, drugs_of
from cds_service.fhir_mapping.read.times import When, parse_when
from cds_service.fhir_mapping.read.values import Units, canonical
from cds_service.fhir_mapping.terminology import Terminology

USABLE = frozenset({"completed", "in-progress", "stopped"})
RUNNING = "in-progress"
DOSE = "dose"
STOPPED = "stopped"
CELLS, CELLS_PER_KG = "cells", "cells-per-kg"


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
        drugs = drugs_of(given, medications, self._terminology.drugs, into)
        if drugs is None:
            _add_unknown(given, into)
        elif drugs and _is_usable(given, drugs[0].name, into):
            self._add(drugs, given, into)

    def _add(self, drugs: list[Drug], given: MedicationAdministration, into: Collector) -> None:
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

    def _administration(self, drug: Drug, given: MedicationAdministration, span: Span, source: str) -> Administration:
        dosage = given.dosage
        rated = dosage is not None and (dosage.rateQuantity is not None or dosage.rateRatio is not None)
        return Administration(
            time=span.start.moment,
            drug=drug.name,
            end=span.end,
            infusion=rated or span.period or span.end is None,
            systemic=not self._terminology.is_local(dosage.route if dosage else None),
            milligrams=self._milligrams(dosage.dose if dosage else None, drug.strength),
            source=source,
            complete=given.status not in {RUNNING, STOPPED},
        )

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


def _add_unknown(given: MedicationAdministration, into: Collector) -> None:
    """It may have been anything: the cells, a sedative (rule A1, contract.md 2)."""
    if _is_usable(given, UNKNOWN_DRUG, into):
        into.gap(UNKNOWN_DRUG, GapKind.UNREADABLE, Part.ADMINISTERED)
        span = _span(given, UNKNOWN_DRUG, into)
        into.unknown_drugs.append(span.end if span else None)


def _is_usable(given: MedicationAdministration, name: str, into: Collector) -> bool:
    if given.modifierExtension:
        into.gap(name, GapKind.UNREADABLE, Part.MODIFIER)
        return False
    if given.status not in USABLE:
        into.gap(name, GapKind.UNUSABLE_STATUS)
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
