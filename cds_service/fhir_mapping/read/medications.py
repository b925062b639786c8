"""From MedicationAdministrations to doses of therapy and administrations of drugs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.facts.gap import UNKNOWN_DRUG, GapKind, Part
from cds_service.clinical.facts.patient import Administration, CellDose, DoseRecord, UnknownDrug, UnreadDrug
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.fhir_mapping.r4.datatypes import Quantity, Ratio
from cds_service.fhir_mapping.r4.structs import Medication, MedicationAdministration
from cds_service.fhir_mapping.read.collector import Collector, Unreadable
from cds_service.fhir_mapping.read.drugs import NamedDrug, drugs_of, is_unknown
from cds_service.fhir_mapping.read.given import (
    RUNNING,
    STOPPED,
    UNDATED,
    Giving,
    Times,
    add_therapy,
    giving,
    note_doubts,
    times_of,
)
from cds_service.fhir_mapping.read.units import Units, canonical
from cds_service.fhir_mapping.terminology import Terminology

DOSE = "dose"
CELLS, CELLS_PER_KG = "cells", "cells-per-kg"


class MedicationMapper:
    """Reads MedicationAdministrations into a Collector."""

    def __init__(
        self, terminology: Terminology, units: Units, therapies: Mapping[ProductKey, TherapyClass], open_drip: timedelta
    ) -> None:
        """`therapies`: the class of each product that starts a course. `open_drip`: how long one may run."""
        self._terminology = terminology
        self._dose_units = units[DOSE]
        self._cell_units = {CELLS: units[CELLS], CELLS_PER_KG: units[CELLS_PER_KG]}
        self._therapies = therapies
        self._open_drip = open_drip

    def read(self, given: MedicationAdministration, medications: Mapping[str, Medication], into: Collector) -> None:
        """Add what was given, or may have been given; a drug that is not of interest is skipped."""
        drugs = drugs_of(given, medications, self._terminology.drugs, into)
        whether = giving(given.status, given.modifierExtension)
        if drugs is not None and not drugs:
            if whether is not Giving.NO and is_unknown(given, medications, self._terminology.drugs):
                self._add_without_code(given, whether, into)
            return
        note_doubts(drugs[0].name if drugs else UNKNOWN_DRUG, whether, given, into)
        if whether is Giving.NO:
            return
        times = times_of(given.effectiveDateTime, given.effectivePeriod, into)
        if drugs is None:
            _add_unknown(times, given.status, into)
        for drug in drugs or ():
            if drug.name in self._therapies:
                add_therapy(drug.name, self._dose_of(ProductKey(drug.name), given), whether, times, into)
            else:
                self._add_drug(drug, given, whether, times, into)

    def _add_without_code(self, given: MedicationAdministration, whether: Giving, into: Collector) -> None:
        """Add a drug without a known code, because it may sedate (rule A1)."""
        into.gap(UNKNOWN_DRUG, GapKind.NOT_DERIVABLE, Part.UNKNOWN_CODE)
        times = times_of(given.effectiveDateTime, given.effectivePeriod, into)
        span = _span(given, times, into) if whether is Giving.YES else None
        infusion = _is_rated(given) or (span.drip if span else whether is Giving.PERHAPS or not times.moment)
        earliest, latest = (span.start, span.end) if span else self._limits(times, into, single=not infusion)
        into.unknown_codes.append(UnknownDrug(earliest, latest, infusion))

    def _dose_of(self, product: ProductKey, given: MedicationAdministration) -> DoseRecord:
        cells = self._cells(given.dosage.dose if given.dosage else None)
        return DoseRecord(UNDATED, self._therapies[product], product, source=_source(given), cells=cells)

    def _add_drug(
        self, drug: NamedDrug, given: MedicationAdministration, whether: Giving, times: Times, into: Collector
    ) -> None:
        if times.start is not None and times.start.earliest > into.latest:
            into.gap(drug.name, GapKind.FUTURE)
            return
        span = _span(given, times, into) if whether is Giving.YES else None
        if span is None:
            self._add_unread(drug, given, whether, times, into)
        elif not into.is_too_old(drug.name, span.end):
            into.administrations.append(self._administration(drug, given, span))

    def _administration(self, drug: NamedDrug, given: MedicationAdministration, span: Span) -> Administration:
        route = given.dosage.route if given.dosage else None
        return Administration(
            time=span.start,
            drug=drug.name,
            end=span.end,
            infusion=_is_rated(given) or span.drip,
            systemic=not self._terminology.is_local(route),
            milligrams=self._milligrams(given.dosage.dose if given.dosage else None, drug.strength),
            source=_source(given),
            complete=given.status not in {RUNNING, STOPPED},
            start_known=span.start_known,
            intrathecal=self._terminology.is_intrathecal(route),
        )

    def _add_unread(
        self, drug: NamedDrug, given: MedicationAdministration, whether: Giving, times: Times, into: Collector
    ) -> None:
        """Add what may have been given, or was given at an unknown time."""
        single = whether is Giving.YES and times.moment and not _is_rated(given)
        earliest, latest = self._limits(times, into, single=single)
        if whether is Giving.YES:
            into.gap(drug.name, GapKind.UNREADABLE, Part.TIME)
        if not into.is_too_old(drug.name, latest):
            unread = UnreadDrug(
                drug=drug.name,
                earliest=earliest,
                latest=latest,
                given=whether is Giving.YES,
                infusion=not single,
                systemic=not self._terminology.is_local(given.dosage.route if given.dosage else None),
                milligrams=self._milligrams(given.dosage.dose if given.dosage else None, drug.strength),
                source=_source(given),
            )
            into.unread_drugs.append(unread)

    def _limits(self, times: Times, into: Collector, *, single: bool) -> tuple[datetime | None, datetime | None]:
        """The earliest and latest moment of an administration; an infusion without an end may have run for a day."""
        first, last = times.start or times.end, times.end or times.start
        if first is None or last is None:
            return None, None
        latest = last.latest if single or times.end else last.latest + self._open_drip
        return first.earliest, max(first.earliest, min(latest, into.as_of))

    def _cells(self, dose: Quantity | None) -> CellDose | None:
        """The number of cells given; None if the record gives a volume or no amount."""
        if dose is None or dose.comparator:
            return None
        for unit, table in self._cell_units.items():
            try:
                return CellDose(canonical(dose, table), unit == CELLS_PER_KG)
            except Unreadable:
                continue
        return None

    def _milligrams(self, dose: Quantity | None, strength: Ratio | None) -> float | None:
        """The amount in mg; None if it is not recorded."""
        try:
            if dose is None or dose.comparator:
                return None
            if strength is None:
                return canonical(dose, self._dose_units)
            return self._from_strength(dose, strength)
        except Unreadable:
            return None

    def _from_strength(self, dose: Quantity, strength: Ratio) -> float | None:
        """The volume of a mixture multiplied by the concentration of an ingredient."""
        part, whole = strength.numerator, strength.denominator
        if part is None or whole is None or not whole.value or dose.value is None:
            return None
        if (dose.code or dose.unit) != (whole.code or whole.unit):
            return None
        return canonical(part, self._dose_units) * dose.value / whole.value


class Span(NamedTuple):
    """The time of an administration; `end` is None while it runs. `drip`: its times show an infusion."""

    start: datetime
    end: datetime | None
    drip: bool
    start_known: bool = True


def _span(given: MedicationAdministration, times: Times, into: Collector) -> Span | None:
    """The time of a certain administration; None if the time is not certain.

    An infusion running since an unknown time counts from now on. Charts record that an infusion was halted as a rate of
    0.
    """
    start, end = times.start, times.end
    halted = _is_halted(given)
    if given.status == RUNNING and not halted:
        known = start is not None and start.is_exact
        return Span(start.earliest if start and known else into.as_of, None, drip=True, start_known=known)
    if start is None and end is not None and end.is_exact:
        return Span(end.latest, end.latest, drip=True)
    if start is None or not start.is_exact or (end.partial if end else not (times.moment or halted)):
        return None
    ended = start.latest if end is None else min(end.latest, into.latest if end.is_exact else into.as_of)
    return Span(start.earliest, max(ended, start.latest), drip=ended > start.earliest)


def _add_unknown(times: Times, status: str | None, into: Collector) -> None:
    """Record an unknown drug: it may have been anything, such as the cells or a sedative (rule A1, contract.md 2)."""
    into.gap(UNKNOWN_DRUG, GapKind.UNREADABLE, Part.ADMINISTERED)
    last = times.end or times.start
    into.unknown_drugs.append(None if status == RUNNING or last is None else last.latest)


def _is_rated(given: MedicationAdministration) -> bool:
    """Whether it has a rate, even an unreadable one."""
    dosage = given.dosage
    return (dosage is not None and (dosage.rateQuantity is not None or dosage.rateRatio is not None)) or any(
        path.startswith("dosage.rate") for path in given.unread
    )


def _is_halted(given: MedicationAdministration) -> bool:
    dosage = given.dosage
    if dosage is None:
        return False
    rate = dosage.rateQuantity or (dosage.rateRatio.numerator if dosage.rateRatio else None)
    return rate is not None and rate.value == 0


def _source(given: MedicationAdministration) -> str:
    return f"MedicationAdministration/{given.id}" if given.id else ""
