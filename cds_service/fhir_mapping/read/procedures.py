"""Procedures to doses of therapy: harvest and preparation are never a dose (rule T3)."""

from __future__ import annotations

from collections.abc import Mapping

from cds_service.clinical.course.therapy import CAR_T
from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.clinical.facts.patient import DoseRecord
from cds_service.fhir_mapping.r4.structs import Procedure
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.terminology import Terminology

USABLE = frozenset({"completed", "in-progress"})
UNNAMED_PRODUCT = "car-t-procedure"


def read_procedure(
    procedure: Procedure, terminology: Terminology, therapies: Mapping[str, str], into: Collector
) -> None:
    """Add the dose that a Procedure documents, if it documents one."""
    concept = terminology.drugs.find(procedure.code.coding)
    if concept is None:
        unverified = terminology.drugs.find_unverified(procedure.code.coding)
        if unverified is not None:
            into.gap(unverified, GapKind.NOT_DERIVABLE, Part.CODE)
        return
    if concept not in therapies and concept != UNNAMED_PRODUCT:
        return
    if procedure.modifierExtension:
        into.gap(concept, GapKind.UNREADABLE, Part.MODIFIER)
        return
    if procedure.status not in USABLE:
        into.gap(concept, GapKind.UNUSABLE_STATUS)
        return
    period = procedure.performedPeriod
    when = into.when(concept, procedure.performedDateTime or (period.start if period else None))
    if when is not None:
        source = f"Procedure/{procedure.id}" if procedure.id else ""
        product = concept if concept in therapies else None
        into.doses.append(DoseRecord(when.moment, therapies.get(concept, CAR_T), product, when.date_only, source))
