"""The clinical facts of a case."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from cds_service.cases.case import ZONE, Case, ago, details_of, own_words
from cds_service.clinical.course.concepts import SEIZURE_DURATION
from cds_service.clinical.facts.orders import ACTIVE, Order
from cds_service.clinical.facts.patient import (
    Administration,
    CellDose,
    Diagnosis,
    DoseRecord,
    InfusionDate,
    PatientFacts,
    Record,
    Reference,
    Seizure,
    UnreadDrug,
    UnreadFinding,
    UnreadTherapy,
    in_order,
)
from cds_service.clinical.tables.guideline import Product
from cds_service.clinical.tables.names import Concept, ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.errors import KnowledgeError
from cds_service.fhir_mapping.read.times import parse_birth_date

RUNNING = "running"
SEIZURE = "seizure"
_zone = ZoneInfo(ZONE)


def facts_of(case: Case, products: dict[ProductKey, Product]) -> PatientFacts:
    """The patient of a case. Raises KnowledgeError for a row that cannot be understood."""
    findings: defaultdict[Concept, list[Record]] = defaultdict(list)
    for row in case.records:
        if row[1] != SEIZURE:
            findings[row[1]].append(_finding(row))
    return PatientFacts(
        zone=_zone,
        birth=parse_birth_date(case.born or None),
        sex=case.sex or None,
        deceased=case.deceased,
        ambulatory=case.ambulatory,
        records={concept: in_order(found) for concept, found in findings.items()},
        seizures=tuple(_seizure(row) for row in case.records if row[1] == SEIZURE),
        administrations=tuple(_administration(row) for row in case.drugs),
        unread_findings=tuple(UnreadFinding(row[0], *_between(details_of(row, 1))) for row in case.unread_findings),
        unread_drugs=tuple(map(_unread_drug, case.unread_drugs)),
        unread_therapies=tuple(_unread_therapy(row, products) for row in case.unread_therapies),
        doses=tuple(_dose(row, products) for row in case.doses),
        infusion_dates=tuple(_infusion_date(row) for row in case.infusion_dates),
        diagnoses=tuple(_diagnosis(row) for row in case.diagnoses),
        orders=tuple(Order("", drug, ACTIVE) for drug in case.active),
        drugs_checked=case.drugs_checked,
        failed=frozenset(case.failed),
    )


def _finding(row: tuple[Any, ...]) -> Record:
    """`low`, `high`: the laboratory's reference range. A value in typographic quotes is a clinician's own words."""
    details = details_of(row, 3)
    usual = Reference(details.get("low"), details.get("high"))
    comparator, own = details.get("comparator", ""), own_words(row[2])
    value = row[2] if own is None else own
    return Record(
        ago(row[0]),
        row[1],
        value,
        f"Observation/{row[1]}",
        comparator,
        usual,
        quoted=own is not None,
        modality=details.get("modality", ""),
    )


def _seizure(row: tuple[Any, ...]) -> Seizure:
    details, when = details_of(row, 3), ago(row[0])
    minutes = details.get("minutes")
    duration = None if minutes is None else Record(when, SEIZURE_DURATION, minutes, "", details.get("comparator", ""))
    return Seizure(when, row[2], duration, details.get("returned"), details.get("resolved"), "Observation/seizure")


def _administration(row: tuple[Any, ...]) -> Administration:
    """`until`: the end of an infusion, or "running"; without it a single dose.

    `complete`: not stopped early. `intrathecal`: by its route.
    """
    details, start = details_of(row, 2), ago(row[0])
    until = details.get("until")
    end = start if until is None else None if until == RUNNING else ago(until)
    return Administration(
        start,
        row[1],
        end,
        until is not None,
        details.get("systemic", True),
        details.get("mg"),
        "MedicationAdministration/1",
        details.get("complete", until != RUNNING),
        intrathecal=details.get("intrathecal", False),
    )


def _unread_drug(row: tuple[Any, ...]) -> UnreadDrug:
    """Given between `from` and `until`; `given`: certainly; `infusion`: false if certainly a single dose."""
    details = details_of(row, 1)
    return UnreadDrug(
        row[0],
        *_between(details),
        given=details.get("given", False),
        infusion=details.get("infusion", True),
        systemic=details.get("systemic", True),
        milligrams=details.get("mg"),
        source="MedicationAdministration/unread",
    )


def _unread_therapy(row: tuple[Any, ...], products: dict[ProductKey, Product]) -> UnreadTherapy:
    """A product, or a class of therapy."""
    known = products.get(row[0])
    therapy_class, product = (known.therapy_class, row[0]) if known else (TherapyClass(row[0]), None)
    return UnreadTherapy(therapy_class, product, *_between(details_of(row, 1)), source="Procedure/unread")


def _between(details: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    earliest, latest = details.get("from"), details.get("until")
    return (ago(earliest) if earliest else None), (ago(latest) if latest else None)


def _dose(row: tuple[Any, ...], products: dict[ProductKey, Product]) -> DoseRecord:
    """A product, or a class of therapy if the record names no product.

    `date_only`: only the day is recorded; `cells` or `cells_per_kg`: the number given, in millions.
    """
    details = details_of(row, 2)
    cells = _cells(details)
    moment = _midnight(ago(row[0])) if details.get("date_only") else ago(row[0])
    if row[1] in products:
        therapy_class = products[row[1]].therapy_class
        return DoseRecord(moment, therapy_class, row[1], "date_only" in details, "Procedure/dose", cells)
    if row[1] not in tuple(TherapyClass):
        raise KnowledgeError(f"{row[1]!r} is neither a product nor a class of therapy")
    return DoseRecord(moment, TherapyClass(row[1]), None, "date_only" in details, "Procedure/dose", cells)


def _cells(details: dict[str, Any]) -> CellDose | None:
    given = next((name for name in ("cells", "cells_per_kg") if name in details), None)
    return CellDose(details[given], given == "cells_per_kg") if given else None


def _diagnosis(row: tuple[Any, ...]) -> Diagnosis:
    """Time since onset (empty: not on record) and the diagnosis; `recorded` if only the date of recording is known."""
    details = details_of(row, 2)
    time = ago(row[0]) if row[0] else None
    onset = bool(row[0]) and not details.get("recorded")
    return Diagnosis(row[1], time, onset, bool(details.get("refuted")), "Condition/1")


def _infusion_date(row: tuple[Any, ...]) -> InfusionDate:
    """When it was recorded, and the stated infusion date."""
    details = details_of(row, 2)
    moment = _midnight(ago(row[1])) if details.get("date_only") else ago(row[1])
    return InfusionDate(ago(row[0]), moment, "date_only" in details, "Observation/cart-infusion-date")


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(_zone).date(), time(), _zone).astimezone(UTC)
