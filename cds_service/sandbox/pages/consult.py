"""Calls the service about a sandbox patient as an EHR would: the same request, on the same path as a hook call."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import msgspec

from cds_service.clinical.course.therapy_so_far import TherapySoFar
from cds_service.decision import Decision
from cds_service.errors import RefusedError
from cds_service.fhir_mapping.data_requirements import Requirement
from cds_service.hooks.schemas import HookRequest, read_hook_request
from cds_service.hooks.service import Wiring
from cds_service.hooks.spec import HookSpec
from cds_service.rendering.card import Card
from cds_service.sandbox.fhir.search import search
from cds_service.sandbox.fhir.server import bundle_of
from cds_service.sandbox.pages.moments import Moment
from cds_service.sandbox.sandbox import Sandbox
from cds_service.sandbox.stories.story import Json
from cds_service.server.call_time import CallTime

_MS_A_SECOND = 1000
CHART_OPENED = Moment()


class Prefetched(NamedTuple):
    """The data sent under one key of discovery."""

    key: str
    query: str
    resource: Json | None

    @property
    def number(self) -> int:
        """How many resources it holds."""
        if self.resource is None or self.resource["resourceType"] != "Bundle":
            return int(self.resource is not None)
        return len(self.resource.get("entry", ()))


@dataclass(frozen=True, slots=True)
class Consultation:
    """A request and its answer; without an answer, `refusal` is the text for an integration engineer.

    `silent`: the service decided, but is set to show no cards.
    """

    envelope: Json
    prefetched: tuple[Prefetched, ...]
    milliseconds: float
    request: HookRequest | None = None
    decision: Decision | None = None
    response: Json = field(default_factory=dict)
    refusal: str = ""
    silent: bool = False

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of the answer."""
        return self.decision.cards if self.decision else ()

    @property
    def zone(self) -> tzinfo:
        """The ward's, once there is an answer."""
        return self.decision.evaluation.zone if self.decision else UTC

    @property
    def therapy(self) -> str:
        """The last therapy given; empty if none was found."""
        therapy = self._therapy
        if therapy is None:
            return ""
        return therapy.product.name if therapy.product else therapy.last.therapy_class

    @property
    def day(self) -> int | None:
        """Days since that therapy; 0 before the time of a dose that is charted for later."""
        return max(0, self._therapy.day) if self._therapy else None

    @property
    def _therapy(self) -> TherapySoFar | None:
        return self.decision.evaluation.therapy if self.decision else None


def consult(
    sandbox: Sandbox, wiring: Wiring, patient_id: str, fhir_server: str | None = None, moment: Moment = CHART_OPENED
) -> Consultation:
    """Call the service of a moment for a patient: over this FHIR server, or with prefetch if there is none."""
    service, envelope = moment.service, envelope_of(sandbox, patient_id, fhir_server, moment)
    prefetched = () if fhir_server else _prefetched(sandbox, wiring, patient_id, service)
    values = {each.key: each.resource for each in prefetched if each.resource is not None}
    body = msgspec.json.encode({**envelope, "prefetch": values} if values else envelope)
    started = time.perf_counter()
    try:
        allowed = CallTime.of(wiring.call_seconds)
        request = read_hook_request(body, service, wiring.draft_limit)
        decision = wiring.decide(request, service, sandbox.visitor, allowed)
    except RefusedError as error:
        return Consultation(envelope, prefetched, _since(started), refusal=str(error))
    return Consultation(envelope, prefetched, _since(started), request, decision, wiring.decider.response(decision))


def shown(consultation: Consultation, sandbox: Sandbox, wiring: Wiring) -> Consultation:
    """The answer as delivered to a clinician: the service stores its cards, so that it can match feedback on them.

    Raises BrokenAnswerError for an answer that does not conform to the specification.
    """
    if consultation.decision is None or consultation.request is None:
        return consultation
    delivered = wiring.delivery.deliver(consultation.decision, consultation.request, sandbox.visitor)
    decision = replace(consultation.decision, cards=delivered.cards if delivered.shown else ())
    return replace(consultation, decision=decision, response=delivered.response, silent=not delivered.shown)


def envelope_of(sandbox: Sandbox, patient_id: str, fhir_server: str | None, moment: Moment = CHART_OPENED) -> Json:
    """The request without its prefetch."""
    server = {"fhirServer": fhir_server} if fhir_server else {}
    context = moment.context(sandbox, patient_id)
    return {"hook": moment.service.hook, "hookInstance": str(uuid4()), **server, "context": context}


def curl_command(root: str, envelope: Json, service_id: str) -> str:
    """The call as a command line."""
    url = f"{root.rstrip('/')}/cds-services/{service_id}"
    body = msgspec.json.encode(envelope).decode()
    return f"curl -s {shlex.quote(url)} -H 'Content-Type: application/json' -d {shlex.quote(body)}"


def pretty(value: Any) -> str:
    """JSON for reading."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _prefetched(sandbox: Sandbox, wiring: Wiring, patient_id: str, service: HookSpec) -> tuple[Prefetched, ...]:
    """By the templates of discovery, as a client fills them in; with the drugs that administrations refer to."""
    requirements = service.needed(wiring.asked_of(sandbox.visitor))
    return tuple(_fetched(sandbox, requirement, patient_id) for requirement in requirements)


def _fetched(sandbox: Sandbox, requirement: Requirement, patient_id: str) -> Prefetched:
    query = requirement.template().replace("{{context.patientId}}", patient_id)
    kind = requirement.resource
    if requirement.is_read:
        return Prefetched(requirement.key, query, sandbox.store.read(kind, patient_id))
    query += f"&_include={requirement.include}" if requirement.include else ""
    pairs = parse_qsl(urlsplit(query).query)
    return Prefetched(requirement.key, query, bundle_of(kind, search(sandbox.store, kind, pairs), "", pairs))


def _since(started: float) -> float:
    return (time.perf_counter() - started) * _MS_A_SECOND
