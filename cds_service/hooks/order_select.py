"""icans-order-select: alerts about the orders that were just selected."""

from marshmallow import fields, validate

from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.data_requirements import ORDERS
from cds_service.hooks.contexts import OrderSignContextSchema
from cds_service.hooks.faults import Several
from cds_service.hooks.spec import HookSpec


class OrderSelectContextSchema(OrderSignContextSchema):
    """The drafts, and which of them were just selected."""

    selections = Several(fields.String(validate=validate.Length(min=1)), required=True)


HOOK = HookSpec(
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
    context=OrderSelectContextSchema(),
    kind=OccasionKind.ORDER_SELECT,
    also_needs=frozenset({ORDERS}),
)
