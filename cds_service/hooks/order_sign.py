"""icans-order-sign: alerts about the orders that are about to be signed."""

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.data_requirements import ORDERS
from cds_service.hooks.contexts import OrderSignContextSchema
from cds_service.hooks.spec import HookSpec

HOOK = HookSpec(
    hook="order-sign",
    title="Orders in patients with ICANS, before they are signed",
    description=(
        "Looks at all drafts, and at corticosteroids that are about to end, in the light of the present ICANS and CRS "
        "grades, and is silent on ordinary orders."
    ),
    usage_requirements=(
        "Needs what icans-patient-view needs, and the active MedicationRequests. Drafts are read by their codes; "
        "their doses in mg, mg/kg or mg/m2."
    ),
    context=OrderSignContextSchema(),
    kind=OccasionKind.ORDER_SIGN,
    also_needs=frozenset({ORDERS}),
)
