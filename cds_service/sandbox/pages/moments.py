"""The moments at which an EHR calls the service, as offered on the chart's pages."""

from __future__ import annotations

from typing import Any, NamedTuple

from cds_service.hooks import encounter_discharge, encounter_start, order_sign, patient_view
from cds_service.hooks.spec import HookSpec
from cds_service.sandbox.sandbox import Sandbox
from cds_service.sandbox.stories.orders import SampleOrder

USER = "Practitioner/demo"
# The name of each moment on the pages, by hook.
MOMENTS = {
    service.hook: (service, name)
    for service, name in (
        (patient_view.HOOK, "Chart opened"),
        (encounter_start.HOOK, "Admission"),
        (order_sign.HOOK, "Order signed"),
        (encounter_discharge.HOOK, "Discharge"),
    )
}


class Moment(NamedTuple):
    """The service that is called; `order`: the order being signed, if the moment is that."""

    service: HookSpec = patient_view.HOOK
    order: SampleOrder | None = None

    def context(self, sandbox: Sandbox, patient_id: str) -> dict[str, Any]:
        """The context of the hook for a patient."""
        context: dict[str, Any] = {"userId": USER, "patientId": patient_id}
        staying = [one for one in sandbox.store.all("Encounter", patient_id) if one.get("status") == "in-progress"]
        if staying:
            context["encounterId"] = staying[-1]["id"]
        if self.order:
            draft = self.order.draft(patient_id, sandbox.now())
            context["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft}]}
        return context


def moment_of(hook: str, slug: str, orders: dict[str, SampleOrder]) -> Moment:
    """The named moment; opening the chart if none is named, and the first order if no order is named."""
    service, _ = MOMENTS.get(hook, MOMENTS[patient_view.HOOK.hook])
    if service is not order_sign.HOOK:
        return Moment(service)
    return Moment(service, orders.get(slug, next(iter(orders.values()))))
