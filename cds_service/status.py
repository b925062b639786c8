"""Endpoints for operators and the public: health, readiness, and the knowledge in force."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from cds_service import __version__
from cds_service.clinical.tables.provenance import Edition, Placed, rows_of
from cds_service.fhir_mapping.terminology import ValueSet
from cds_service.hooks import SERVICES
from cds_service.hooks.blueprint import json_response
from cds_service.hooks.openapi import openapi
from cds_service.knowledge import Knowledge
from cds_service.knowledge.attributes import source_attributes
from cds_service.knowledge.site import Owner

KNOWLEDGE = "icans-knowledge"
ATTRIBUTES = "/knowledge/attributes"
blueprint = Blueprint("status", __name__, template_folder="templates")


@blueprint.get("/health/live")
def live() -> Response:
    """The process responds."""
    return json_response({"status": "live"})


@blueprint.get("/health/ready")
def ready() -> Response:
    """Ready whenever it responds: the service does not start unless the tables have been read."""
    return json_response({"status": "ready"})


@blueprint.get("/knowledge")
def knowledge() -> Response:
    """The editions in force, the provenance of each row, and the number of codes for each concept."""
    known: Knowledge = current_app.extensions[KNOWLEDGE]
    value_sets = sorted(known.terminology.value_sets.values(), key=lambda value_set: value_set.concept)
    return json_response(
        {
            "version": __version__,
            "knowledge": known.fingerprint,
            **_site(known.site.parts.site),
            "editions": [_edition(table.edition) | {"rows": list(map(_row, rows_of(table)))} for table in known.tables],
            "valueSets": [_value_set(value_set) for value_set in value_sets],
        }
    )


@blueprint.get("/openapi.json")
def openapi_document() -> Response:
    """How to call the services, for tools."""
    return json_response(openapi(SERVICES))


@blueprint.get(ATTRIBUTES)
def attributes() -> str:
    """The source attributes as a page, for users who follow a card's link."""
    known: Knowledge = current_app.extensions[KNOWLEDGE]
    return render_template("attributes.html", attributes=source_attributes(known.tables, __version__))


def _site(owner: Owner | None) -> dict[str, object]:
    """Who is responsible for the site's choices, if its file says so."""
    if owner is None:
        return {}
    return {"site": {"name": owner.name, "clinicalOwner": owner.clinical_owner, "approved": owner.approved}}


def _edition(edition: Edition) -> dict[str, object]:
    described = {
        "id": edition.id,
        "label": edition.label,
        "citation": edition.citation,
        "title": edition.title,
        "reference": edition.reference,
        "url": edition.url,
        "published": edition.published,
        "checked": edition.checked,
        "reviewBy": edition.review_by,
        "verified": edition.verified,
    }
    return {name: value for name, value in described.items() if value not in ("", None)}


def _row(row: Placed) -> dict[str, object]:
    """The provenance of a row, including what it inherits from its edition, so that readers need not combine them."""
    said = row.provenance
    described = {
        "row": row.place,
        "source": said.source,
        "published": said.published,
        "checked": said.checked,
        "reviewBy": said.review_by,
        "verified": said.verified,
    }
    return {name: value for name, value in described.items() if value not in ("", None)}


def _value_set(value_set: ValueSet) -> dict[str, object]:
    return {"concept": value_set.concept, "codes": len(value_set.codes), "unverified": len(value_set.unverified)}
