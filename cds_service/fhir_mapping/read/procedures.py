"""From Procedures to doses of therapy; harvest and preparation are never doses (rule T3)."""

from __future__ import annotations

from collections.abc import Mapping

from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.clinical.facts.patient import DoseRecord
from cds_service.clinical.tables.names import ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass
from cds_service.fhir_mapping.data_use import LeftOut
from cds_service.fhir_mapping.r4.structs import Procedure
from cds_service.fhir_mapping.read.collector import Collector
from cds_service.fhir_mapping.read.given import NOT_GIVEN, UNDATED, Giving, add_therapy, giving, note_doubts, times_of
from cds_service.fhir_mapping.terminology import Terminology

NOT_DONE = NOT_GIVEN | {"preparation"}
UNNAMED_PRODUCT = "car-t-procedure"


def read_procedure(
    procedure: Procedure, terminology: Terminology, therapies: Mapping[ProductKey, TherapyClass], into: Collector
) -> None:
    """Add the dose that a Procedure documents, if any."""
    concept = terminology.drugs.find(procedure.code.coding)
    if concept is None:
        unverified = terminology.drugs.find_unverified(procedure.code.coding)
        if unverified is not None:
            into.gap(unverified, GapKind.NOT_DERIVABLE, Part.CODE)
        elif into.unknowns.code("Procedure", procedure.code.coding):
            into.leave_out(LeftOut.NOT_UNDERSTOOD)
        return
    if concept not in therapies and concept != UNNAMED_PRODUCT:
        return
    whether = giving(procedure.status, procedure.modifierExtension, NOT_DONE)
    note_doubts(concept, whether, procedure, into)
    if whether is Giving.NO:
        return
    source = f"Procedure/{procedure.id}" if procedure.id else ""
    product = ProductKey(concept) if concept in therapies else None
    dose = DoseRecord(UNDATED, therapies[product] if product else TherapyClass.CAR_T, product, source=source)
    times = times_of(procedure.performedDateTime, procedure.performedPeriod, into)
    add_therapy(concept, dose, whether, times, into)
