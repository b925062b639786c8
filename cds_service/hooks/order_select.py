"""icans-order-select: what there is to say about the orders that were just selected."""

from cds_service.hooks.service import Service

SERVICE = Service(
    id="icans-order-select",
    hook="order-select",
    title="Orders in patients with ICANS, when they are selected",
    description=(
        "Looks at the selected drafts of corticosteroids, tocilizumab, sedatives, opioids, cells and T-cell engagers "
        "in the light of the present ICANS and CRS grades, and is silent on ordinary orders."
    ),
    usage_requirements=(
        "Needs what icans-patient-view needs, and the active MedicationRequests. Drafts are read by their codes; "
        "their doses in mg, mg/kg or mg/m2."
    ),
)
