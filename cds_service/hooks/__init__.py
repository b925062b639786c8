"""CDS Hooks over HTTP: a thin layer with one file per hook."""

from __future__ import annotations

from cds_service.hooks import encounter_discharge, encounter_start, order_select, order_sign, patient_view
from cds_service.hooks.spec import HookSpec

SERVICES: dict[str, HookSpec] = {
    module.HOOK.id: module.HOOK
    for module in (patient_view, order_select, order_sign, encounter_start, encounter_discharge)
}
