"""The requests that the fuzzers start from: small calls of every service, and feedback in both forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from flask import Flask

from cds_service.hooks.blueprint import SERVICES, WIRING
from cds_service.sandbox.pages.consult import consult, envelope_of
from cds_service.sandbox.sandbox import SANDBOX
from tests.builders import dosage, draft

Json = dict[str, Any]
# Entries of each prefetched Bundle: enough for a grade, few enough to be quick.
ENTRIES = 2
# Orders that the order services answer with a card: too weak a steroid, tocilizumab, a sedative, the therapy.
ORDERS = (draft("3264", dosage(4)), draft("612865", dosage(400)), draft("6470", dosage(1)), draft("1987398", dosage(1)))
# Every search fails at once: no server listens there.
NOBODY = "http://127.0.0.1:9/fhir"


class Seed(NamedTuple):
    """A request as text; its answer is 200."""

    path: str
    body: bytes


def seeds(app: Flask) -> list[Seed]:
    """The requests for each service of the application."""
    return [*_calls(app), *(Seed(f"/cds-services/{name}/feedback", body) for name in SERVICES for body in _feedback())]


def _calls(app: Flask) -> Iterator[Seed]:
    sandbox, wiring = app.extensions[SANDBOX], app.extensions[WIRING]
    for patient in sandbox.stories:
        consultation = consult(sandbox, wiring, patient, None)
        prefetch = {each.key: _small(each.resource) for each in consultation.prefetched}
        cards = consultation.response.get("cards", ())
        drafts = [one["resource"] for card in cards for one in _actions(card) if "resource" in one]
        for name, service in SERVICES.items():
            request = envelope_of(sandbox, patient, None) | {"hook": service.hook, "prefetch": prefetch}
            request["context"] = _context(request["context"], (*drafts[:2], *ORDERS))
            yield Seed(f"/cds-services/{name}", msgspec.json.encode(request))


def _actions(card: Json) -> Iterator[Json]:
    for suggestion in card.get("suggestions", ()):
        yield from suggestion["actions"]


def _small(resource: Json | None) -> Json | None:
    if resource is None or "entry" not in resource:
        return resource
    return {key: value for key, value in resource.items() if key != "link"} | {"entry": resource["entry"][:ENTRIES]}


def _context(context: Json, drafts: Iterable[Json]) -> Json:
    """A context with the fields of all hooks: unknown fields are ignored."""
    subject = {"reference": f"Patient/{context['patientId']}"}
    orders = [{**draft, "id": f"draft-{number}", "subject": subject} for number, draft in enumerate(drafts)]
    return (
        {"encounterId": "e-1"}
        | context
        | {
            "selections": [f"{order['resourceType']}/{order['id']}" for order in orders],
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order} for order in orders]},
        }
    )


def _feedback() -> Iterator[bytes]:
    time = datetime.now(UTC).isoformat(timespec="seconds")
    accepted = {"outcome": "accepted", "acceptedSuggestions": [{"id": "0d9f0f8c-7f6b-4b6e-9b0c-6f2c5d1f4a11"}]}
    overridden = {"outcome": "overridden", "overrideReason": {"reason": {"code": "a", "system": "urn:x"}}}
    epic = {"outcome": "overridden", "overrideReasons": [{"userComment": "no", "extension": {"x": 1}}]}
    for entry in (accepted, overridden, epic):
        card = {"card": "4c1f3e5a-1d1c-4f5e-8a8e-0b6c6c1d2e3f", "outcomeTimestamp": time}
        yield msgspec.json.encode({"feedback": [card | entry]})
