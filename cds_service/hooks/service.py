"""Answers a call: gather what its hook needs, then decide."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

from cds_service.adapters.client_auth import Callers
from cds_service.adapters.clients import Client
from cds_service.adapters.decision_log import DecisionLog
from cds_service.adapters.fhir_client import FhirServer, Limits
from cds_service.decision import Decider, Decision
from cds_service.errors import NotAHookRequestError
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.fhir_mapping.orders.drafts import Call, read_drafts
from cds_service.fhir_mapping.searches import SearchStyle, in_style
from cds_service.gather import gather
from cds_service.gather.outcome import Wanted
from cds_service.hooks.delivery import Delivery
from cds_service.hooks.schemas import HookRequest
from cds_service.hooks.spec import HookSpec
from cds_service.server.bodies import BodyReader
from cds_service.server.call_time import CallTime
from cds_service.server.concurrency import ConcurrencyLimit

_MS_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Wiring:
    """What is needed to answer a call; created once per process by `create_app`."""

    decider: Decider
    requirements: tuple[Requirement, ...]
    callers: Callers
    open_discovery: bool
    limits: Limits
    call_seconds: float
    draft_limit: int
    bodies: BodyReader
    concurrency: ConcurrencyLimit
    delivery: Delivery
    log: DecisionLog
    pool: Executor
    now: Callable[[], datetime]
    new_uuid: Callable[[], str]

    def decide(self, request: HookRequest, spec: HookSpec, client: Client, allowed: CallTime) -> Decision:
        """Gather what the call is about and decide. Raises RefusedError if the call cannot be answered."""
        as_of, begun = self.now(), time.perf_counter()
        drafts = read_drafts(request.draft_orders, request.selections)
        requirements = spec.needed(self.asked_of(client))
        wanted = replace(self._wanted(request, client, allowed), orders=drafts.resources)
        gathered = gather(wanted, requirements, as_of, self.pool)
        arrived = time.perf_counter()
        allowed.check()
        call = Call(spec.id, spec.kind, drafts)
        decision = self.decider.decide(gathered, as_of, call, self.new_uuid)
        taken = {"gather": arrived - begun, "decide": time.perf_counter() - arrived}
        return replace(decision, milliseconds={name: seconds * _MS_A_SECOND for name, seconds in taken.items()})

    def asked_of(self, client: Client | None) -> tuple[Requirement, ...]:
        """All requirements, in the way in which this client's servers are searched."""
        return in_style(self.requirements, client.searches if client else SearchStyle())

    def _wanted(self, request: HookRequest, client: Client, allowed: CallTime) -> Wanted:
        """The patient and the data sources; the server is called by our own spelling of its address (hooks:F4)."""
        named, server = request.fhir_server, None
        base = client.fhir_servers.find(named) if named else None
        if base is not None:
            server = FhirServer(base, _token(request, client), self.limits.begin(allowed.left))
        refused = "it is not on the list of servers that this service may call" if named and not base else ""
        return Wanted(request.patient_id, request.encounter_id, request.prefetch, self.limits.entries, server, refused)


def _token(request: HookRequest, client: Client) -> str | None:
    """The token for the server. Raises NotAHookRequestError if it was issued to another client."""
    authorization = request.authorization
    if authorization is None:
        return None
    if client.client_id and authorization.subject != client.client_id:
        raise NotAHookRequestError("fhirAuthorization.subject: Not the client id of this service.")
    return authorization.access_token
