"""A CDS service: what discovery says of it, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cds_service.adapters.feedback_store import FeedbackStore
from cds_service.adapters.fhir_client import Deadline, FhirServer
from cds_service.adapters.fhir_servers import AllowedServers
from cds_service.decision import Decider, Decision
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.gather import gather
from cds_service.gather.outcome import Wanted
from cds_service.hooks.bodies import BodyReader
from cds_service.hooks.schemas import HookRequest
from cds_service.hooks.turns import Turns

PROTOCOL_VERSION = "2.0.1"


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of discovery."""

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str

    def described(self, requirements: Sequence[Requirement]) -> dict[str, Any]:
        """The entry with its prefetch templates."""
        return {
            "id": self.id,
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "usageRequirements": self.usage_requirements,
            "version": PROTOCOL_VERSION,
            "prefetch": {requirement.key: requirement.template() for requirement in requirements},
        }


@dataclass(frozen=True, slots=True)
class Wiring:
    """What answering a call needs; made once a process by `create_app`."""

    decider: Decider
    requirements: tuple[Requirement, ...]
    servers: AllowedServers
    feedback: FeedbackStore
    bodies: BodyReader
    turns: Turns
    entry_limit: int
    pool: Executor
    deadline_seconds: float
    now: Callable[[], datetime]
    new_uuid: Callable[[], str]

    def decide(self, request: HookRequest, service: Service) -> Decision:
        """Gather what the call is about and decide. Raises RefusedError for a call that cannot be answered."""
        as_of = self.now()
        gathered = gather(self._wanted(request), self.requirements, as_of, self.pool)
        return self.decider.decide(gathered, as_of, service.id, self.new_uuid)

    def _wanted(self, request: HookRequest) -> Wanted:
        named = request.fhir_server
        allowed = named is not None and self.servers.allows(named)
        server = None
        if named is not None and allowed:
            server = FhirServer(named, request.access_token, Deadline.after(self.deadline_seconds))
        refused = "it is not on the list of servers that this service may call" if named and not allowed else ""
        return Wanted(request.patient_id, request.encounter_id, request.prefetch, self.entry_limit, server, refused)
