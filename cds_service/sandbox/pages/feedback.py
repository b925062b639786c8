"""What a clinician does with a card on the pages: sent to the service as feedback, and remembered on the page."""

from __future__ import annotations

import hashlib
from datetime import datetime
from http import HTTPStatus

from flask import current_app, url_for
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from cds_service.clinical.status.basis import basis_of, canonical
from cds_service.decision import Decision
from cds_service.hooks.blueprint import blueprint, feedback
from cds_service.hooks.feedback import ACCEPTED, OVERRIDDEN
from cds_service.rendering.card import Card
from cds_service.sandbox.pages.moments import Moment
from cds_service.sandbox.stories.story import Json


def accepted(card: str, suggestion: str, time: datetime) -> Json:
    """Feedback in the form of the specification: one suggestion of a card was accepted."""
    return {
        "card": card,
        "outcome": ACCEPTED,
        "outcomeTimestamp": _sent(time),
        "acceptedSuggestions": [{"id": suggestion}],
    }


def overridden(card: str, reason: Json | None, time: datetime) -> Json:
    """Feedback in the form of the specification: a card was overridden with a reason, or dismissed without one."""
    why = {"overrideReason": {"reason": reason}} if reason else {}
    return {"card": card, "outcome": OVERRIDDEN, "outcomeTimestamp": _sent(time), **why}


def tell(service_id: str, entry: Json) -> HTTPStatus:
    """Send one entry to the service's own feedback endpoint, as an EHR does, and return the response."""
    place = url_for(f"{blueprint.name}.{feedback.__name__}", service_id=service_id)
    builder = EnvironBuilder(path=place, method="POST", json={"feedback": [entry]})
    return HTTPStatus(Response.from_app(current_app.wsgi_app, builder.get_environ()).status_code)


def mark_of(card: Card, decision: Decision, moment: Moment) -> str:
    """An identifier that is the same only for a card repeated about the same patient, moment and basis."""
    order = moment.order.slug if moment.order else None
    about = [decision.subject.patient_id, moment.service.id, order, card.topic, card.urgency.indicator.value]
    return hashlib.sha256(canonical([*about, basis_of(decision.evaluation)]).encode()).hexdigest()


def _sent(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds")
