"""The units in which the rules have laboratory values: those of fhir_mapping/units.toml."""

from __future__ import annotations

UNITS = {
    "lactate-dehydrogenase": "U/L",
    "platelets": "10*9/L",
    "ferritin": "ug/L",
    "c-reactive-protein": "mg/L",
    "fibrinogen": "mg/dL",
    "interleukin-6": "pg/mL",
    "marrow-blasts": "%",
    "glucose": "mg/dL",
    "sodium": "mmol/L",
    "ammonia": "umol/L",
    "alanine-aminotransferase": "U/L",
    "aspartate-aminotransferase": "U/L",
    "neutrophils": "10*9/L",
    "haemoglobin": "g/dL",
}
