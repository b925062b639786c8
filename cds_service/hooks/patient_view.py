"""icans-patient-view: the status of a patient when the chart is opened."""

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.hooks.contexts import ContextSchema
from cds_service.hooks.spec import HookSpec

HOOK = HookSpec(
    hook="patient-view",
    title="ICANS and CRS after CAR-T cells and T-cell engagers",
    description=(
        "Grades ICANS and CRS by ASTCT from what is charted, says what the grade is based on and what is missing, "
        "and shows options for monitoring and corticosteroids with their sources."
    ),
    usage_requirements=(
        "Works from prefetch alone, from the FHIR server alone, or from both. Needed are the Patient, the neurological "
        "Observations, and therapy (MedicationAdministration, Procedure); where a drug is a reference its Medication "
        "too (contained, in the Bundle, or from the FHIR server), or therapy and sedation stay unknown. ICE, CAPD and "
        "the level of consciousness in ASTCT's wording have no standard code: send the codes of the project's "
        "CodeSystem or map your own."
    ),
    context=ContextSchema(),
    kind=OccasionKind.PATIENT_VIEW,
)
