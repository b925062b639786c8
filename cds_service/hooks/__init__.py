"""CDS Hooks over HTTP: thin; each service in a module of its own."""

from __future__ import annotations

from cds_service.hooks import encounter_discharge, encounter_start, order_select, order_sign, patient_view
from cds_service.hooks.service import Service

SERVICES: dict[str, Service] = {
    module.SERVICE.id: module.SERVICE
    for module in (patient_view, order_select, order_sign, encounter_start, encounter_discharge)
}
