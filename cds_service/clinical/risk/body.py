"""A patient's body surface area and renal function, from the records nearest to a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from cds_service.clinical.course.instrument import age_at
from cds_service.clinical.facts.patient import PatientFacts, Record
from cds_service.clinical.tables.names import Concept
from cds_service.clinical.tables.risk import CkdEpi, CockcroftGault, FludarabineTable, Mosteller

FEMALE = "female"


def mosteller_m2(height_cm: float, weight_kg: float, table: Mosteller) -> float:
    """Body surface area in m2 (Mosteller 1987)."""
    return sqrt(height_cm * weight_kg / table.divisor)


def cockcroft_gault_ml_min(age: float, weight_kg: float, creatinine: float, sex: str, table: CockcroftGault) -> float:
    """Creatinine clearance in mL/min of an adult, with the actual weight and creatinine in mg/dL (Cockcroft 1976)."""
    clearance = (table.age_from - age) * weight_kg / (table.divisor * creatinine)
    return clearance * table.female if sex == FEMALE else clearance


def ckd_epi_2021(age: float, creatinine: float, sex: str, table: CkdEpi) -> float:
    """Estimated GFR in mL/min/1.73 m2 of an adult, creatinine in mg/dL (CKD-EPI creatinine, 2021)."""
    row = table.female if sex == FEMALE else table.male
    ratio = creatinine / row.kappa
    return float(table.factor * min(ratio, 1) ** row.below * max(ratio, 1) ** table.above * table.age**age * row.sex)


WEIGHT, HEIGHT, SURFACE, CREATININE = (
    Concept("body-weight"),
    Concept("body-height"),
    Concept("body-surface-area"),
    Concept("creatinine"),
)
MOSTELLER, RECORDED = "Mosteller", "as recorded"
ADULT_AGE, SEX = "adult age", "sex"


class BodySurface(NamedTuple):
    """The body surface area in m2, how it was obtained, and from which records."""

    m2: float
    method: str
    records: tuple[Record, ...]


class KidneyFunction(NamedTuple):
    """Creatinine clearance (Cockcroft-Gault, mL/min) and eGFR (CKD-EPI 2021, mL/min/1.73 m2).

    A value that could not be computed is None; `missing` names the inputs that were not available.
    """

    clearance: float | None
    egfr: float | None
    missing: tuple[str, ...]
    records: tuple[Record, ...]

    @property
    def creatinine(self) -> Record | None:
        """The creatinine that was used."""
        return next((record for record in self.records if record.concept == CREATININE), None)


def body_surface(facts: PatientFacts, near: datetime, until: datetime, table: FludarabineTable) -> BodySurface | None:
    """By Mosteller, from the weight and height known at `until` and nearest to `near`; else as recorded."""
    weight, height = (nearest(_known(facts, concept, until), near) for concept in (WEIGHT, HEIGHT))
    if weight and height:
        return BodySurface(mosteller_m2(_number(height), _number(weight), table.mosteller), MOSTELLER, (height, weight))
    recorded = nearest(_known(facts, SURFACE, until), near)
    return BodySurface(_number(recorded), RECORDED, (recorded,)) if recorded else None


def kidney_function(
    facts: PatientFacts, moment: datetime, until: datetime, span: timedelta, table: FludarabineTable
) -> KidneyFunction:
    """Renal function at `moment`, from the newest creatinine no older than `span`; adults only.

    If a partial birth date allows two ages, the higher one is used, because it gives the lower clearance.
    """
    known = [record for record in facts.of(CREATININE) if moment - span <= record.time <= moment]
    creatinine = known[-1] if known and not known[-1].comparator else None
    weight = nearest(_known(facts, WEIGHT, until), moment)
    age = age_at(facts.birth, moment, facts.zone)
    adult = age is not None and min(age) >= table.renal.adult_from_years
    wanted = {CREATININE: creatinine, ADULT_AGE: adult, SEX: facts.sex, WEIGHT: weight}
    missing = tuple(name for name, value in wanted.items() if not value)
    records = tuple(record for record in (creatinine, weight) if record)
    if creatinine is None or not adult or age is None or facts.sex is None:
        return KidneyFunction(None, None, missing, records)
    years, value = max(age), _number(creatinine)
    egfr = ckd_epi_2021(years, value, facts.sex, table.ckd_epi_2021)
    if weight is None:
        return KidneyFunction(None, egfr, missing, records)
    clearance = cockcroft_gault_ml_min(years, _number(weight), value, facts.sex, table.cockcroft_gault)
    return KidneyFunction(clearance, egfr, missing, records)


def nearest(records: Iterable[Record], near: datetime) -> Record | None:
    """The record nearest in time to `near`, leaving out those with a comparator."""
    known = (record for record in records if not record.comparator)
    return min(known, key=lambda record: abs(record.time - near), default=None)


def _known(facts: PatientFacts, concept: Concept, until: datetime) -> list[Record]:
    return [record for record in facts.of(concept) if record.time <= until]


def _number(record: Record) -> float:
    return float(record.value)
