"""icans-encounter-discharge: what is unresolved when a patient is discharged."""

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.hooks.contexts import EncounterContextSchema
from cds_service.hooks.spec import HookSpec

HOOK = HookSpec(
    hook="encounter-discharge",
    title="Discharge after CAR-T cells or a T-cell engager",
    description="Warns when ICANS has not resolved or cannot be graded, or a corticosteroid is still running.",
    usage_requirements="Needs what icans-patient-view needs.",
    context=EncounterContextSchema(),
    kind=OccasionKind.ENCOUNTER_DISCHARGE,
)
