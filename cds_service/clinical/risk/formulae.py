"""Body surface and renal function by their published formulae; the coefficients stand in the table."""

from __future__ import annotations

from math import sqrt

from cds_service.clinical.tables.risk import CkdEpi, CockcroftGault, Mosteller

FEMALE = "female"


def mosteller_m2(height_cm: float, weight_kg: float, table: Mosteller) -> float:
    """Body surface in m2 (Mosteller 1987)."""
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
