"""The OpenAPI document, generated from the schemas that validate requests and responses."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields, validate

from cds_service import __version__
from cds_service.hooks.feedback import FeedbackListSchema
from cds_service.hooks.schemas import ResponseSchema, request_schema
from cds_service.hooks.spec import HookSpec
from cds_service.server.headers import KNOWLEDGE_VERSION

ABOUT = (
    "CDS Hooks services that grade ICANS and CRS after CAR-T cells and T-cell engagers. "
    "Members that are not named here are tolerated and not read."
)
JSON, FHIR_JSON = "application/json", "application/fhir+json"
# The possible errors; 401 and 403 do not occur in demo mode.
REFUSALS = (400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)
MISSING_DATA = 412


class _IssueSchema(Schema):
    severity = fields.String(required=True, validate=validate.OneOf(("error", "information")))
    code = fields.String(required=True)
    diagnostics = fields.String(required=True)
    expression = fields.List(fields.String(), validate=validate.Length(min=1))


class _OutcomeSchema(Schema):
    resource_type = fields.String(required=True, data_key="resourceType", validate=validate.Equal("OperationOutcome"))
    issue = fields.List(fields.Nested(_IssueSchema), required=True, validate=validate.Length(min=1))


class _ServiceSchema(Schema):
    id = fields.String(required=True)
    hook = fields.String(required=True)
    hook_version = fields.String(required=True, data_key="hookVersion")
    title = fields.String(required=True)
    description = fields.String(required=True)
    usage_requirements = fields.String(required=True, data_key="usageRequirements")
    version = fields.String(required=True)
    prefetch = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class _DiscoverySchema(Schema):
    services = fields.List(fields.Nested(_ServiceSchema), required=True)


class _ReceiptSchema(Schema):
    received = fields.Integer(required=True)
    new = fields.Integer(required=True)
    unknown_cards = fields.Integer(required=True, data_key="unknownCards")


class _Converter(OpenAPIConverter):
    """Converts full-match patterns and marshmallow's URL format to JSON Schema."""

    def field2property(self, field: fields.Field[Any]) -> dict[str, Any]:
        found: dict[str, Any] = super().field2property(field)
        pattern, whole = found.get("pattern", ""), r"\Z"
        if pattern.endswith(whole):
            found["pattern"] = f"^(?:{pattern.removesuffix(whole)})$"
        if found.get("format") == "url":
            found["format"] = "uri"
        return found


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


def openapi(services: Mapping[str, HookSpec]) -> dict[str, Any]:
    """The document for these services."""
    spec = APISpec("ICANS CDS", __version__, "3.1.0", info={"description": ABOUT}, plugins=[_Plugin()])
    spec.components.security_scheme("client", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.options["security"] = [{"client": []}]
    spec.components.schema("OperationOutcome", schema=_OutcomeSchema)
    spec.components.schema("Discovery", schema=_DiscoverySchema)
    spec.components.schema("Answer", schema=ResponseSchema)
    spec.components.schema("FeedbackMessage", schema=FeedbackListSchema)
    spec.components.schema("Receipt", schema=_ReceiptSchema)
    spec.path("/cds-services", operations={"get": _operation("discovery", "The available services.", "Discovery")})
    for service in services.values():
        _add(spec, service)
    document: dict[str, Any] = spec.to_dict()
    return document


def _add(spec: APISpec, service: HookSpec) -> None:
    asked, path = f"{service.hook}-request", f"/cds-services/{service.id}"
    spec.components.schema(asked, schema=request_schema(service))
    call = _operation(service.id, service.title, "Answer", asked)
    call["responses"][str(MISSING_DATA)] = _refusal(MISSING_DATA)
    spec.path(path, operations={"post": call})
    feedback = _operation(f"{service.id}-feedback", "What clinicians did with the cards.", "Receipt", "FeedbackMessage")
    spec.path(f"{path}/feedback", operations={"post": feedback})


def _operation(name: str, summary: str, answer: str, asked: str = "") -> dict[str, Any]:
    body = {"requestBody": {"required": True, "content": {JSON: {"schema": asked}}}} if asked else {}
    success = {
        "description": "The answer.",
        "headers": {
            KNOWLEDGE_VERSION: {"description": "The tables that it is based on.", "schema": {"type": "string"}}
        },
        "content": {JSON: {"schema": answer}},
    }
    responses = {str(HTTPStatus.OK.value): success} | {str(status): _refusal(status) for status in REFUSALS}
    return {"operationId": name, "summary": summary, **body, "responses": responses}


def _refusal(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {FHIR_JSON: {"schema": "OperationOutcome"}}}
