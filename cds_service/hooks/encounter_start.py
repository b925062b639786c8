"""icans-encounter-start: whether there is a baseline, and what to watch for, when a patient is admitted."""

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.data_requirements import ORDERS
from cds_service.hooks.contexts import EncounterContextSchema
from cds_service.hooks.spec import HookSpec

HOOK = HookSpec(
    hook="encounter-start",
    title="Admission for CAR-T cells or a T-cell engager",
    description="Says when no baseline score is on file to compare later scores with, and what to watch for.",
    usage_requirements="Needs what icans-patient-view needs, and the active MedicationRequests.",
    context=EncounterContextSchema(),
    kind=OccasionKind.ENCOUNTER_START,
    also_needs=frozenset({ORDERS}),
)
