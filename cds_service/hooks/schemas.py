"""Requests and responses on the wire (marshmallow; error keys are wire names)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from cds_service.errors import NotAHookRequestError, NotJsonError, TooManyEntriesError
from cds_service.hooks.contexts import URL_FORM, is_url, orders_in
from cds_service.hooks.faults import summary_of
from cds_service.hooks.spec import HookSpec

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,16384}={0,2}\Z")
_BEARER = re.compile(r"bearer\Z", re.IGNORECASE)
JSON_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The caller's token for its FHIR server: used for this call only, never stored, never logged (hooks:F2)."""

    access_token: str = field(repr=False)
    subject: str | None
    patient: str | None


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A valid CDS Hooks call; prefetch values are still text, and draft orders are as sent.

    `selections`: the drafts that the call is about; None: all of them.
    """

    hook: str
    hook_instance: str
    user_id: str
    patient_id: str
    encounter_id: str | None
    prefetch: Mapping[str, msgspec.Raw]
    fhir_server: str | None
    authorization: Authorization | None
    draft_orders: Mapping[str, Any] = field(default_factory=dict)
    selections: tuple[str, ...] | None = None


class _Body(msgspec.Struct):
    """The members that are read, in one pass over the text; an absent member differs from null."""

    hook: Any = msgspec.UNSET
    hookInstance: Any = msgspec.UNSET  # noqa: N815
    context: Any = msgspec.UNSET
    fhirServer: Any = msgspec.UNSET  # noqa: N815
    fhirAuthorization: Any = msgspec.UNSET  # noqa: N815
    extension: Any = msgspec.UNSET
    prefetch: dict[str, msgspec.Raw] | None = None


_body = msgspec.json.Decoder(_Body)


class AuthorizationSchema(Schema):
    """fhirAuthorization; `scope` and `expires_in` concern only the FHIR server (hooks:F5)."""

    class Meta:
        """Ignore members that are not read."""

        unknown = EXCLUDE

    access_token = fields.String(required=True, validate=validate.Regexp(_TOKEN, error="Not an RFC 6750 token."))
    token_type = fields.String(
        validate=validate.Regexp(_BEARER, error="Only Bearer is accepted."), metadata={"pattern": "^[Bb]earer$"}
    )
    subject = fields.String(allow_none=True, load_default=None)
    patient = fields.String(allow_none=True, load_default=None)

    @post_load
    def _authorization(self, data: dict[str, Any], **_: Any) -> Authorization:
        return Authorization(data["access_token"], data["subject"], data["patient"])


class HookRequestSchema(Schema):
    """The envelope without its hook and context; extensions and other unknown members are tolerated."""

    class Meta:
        """Ignore members that are not read."""

        unknown = EXCLUDE

    hook_instance = fields.String(required=True, data_key="hookInstance", validate=validate.Length(min=1, max=255))
    prefetch = fields.Raw(load_default=dict, allow_none=True, metadata={"type": "object"})
    fhir_server = fields.String(
        data_key="fhirServer", allow_none=True, load_default=None, validate=is_url, metadata=URL_FORM
    )
    authorization = fields.Nested(AuthorizationSchema, data_key="fhirAuthorization", allow_none=True, load_default=None)

    @validates_schema
    def _token_is_for_this_patient(self, data: dict[str, Any], **_: Any) -> None:
        authorization, patient_id = data["authorization"], data["context"]["patient_id"]
        patient = authorization and authorization.patient
        if patient and patient.removeprefix("Patient/") != patient_id:
            raise ValidationError({"fhirAuthorization": {"patient": ["Not the patient in context."]}})

    @post_load
    def _request(self, data: dict[str, Any], **_: Any) -> HookRequest:
        context = data["context"]
        selections = context.get("selections")
        return HookRequest(
            hook=data["hook"],
            hook_instance=data["hook_instance"],
            user_id=context["user_id"],
            patient_id=context["patient_id"],
            encounter_id=context["encounter_id"],
            prefetch=data["prefetch"] or {},
            fhir_server=data["fhir_server"],
            authorization=data["authorization"],
            draft_orders=context.get("draft_orders", {}),
            selections=None if selections is None else tuple(selections),
        )


class CodingSchema(Schema):
    """A Coding on a card."""

    code = fields.String(required=True, validate=validate.Length(min=1))
    system = fields.String(required=True, validate=validate.Length(min=1))
    display = fields.String(required=True, validate=validate.Length(min=1))


class SourceSchema(Schema):
    """The source of a card."""

    label = fields.String(required=True, validate=validate.Length(min=1))
    url = fields.Url()
    topic = fields.Nested(CodingSchema)


class ActionSchema(Schema):
    """One action of a suggestion."""

    type = fields.String(required=True, validate=validate.OneOf(("create", "update", "delete")))
    description = fields.String(required=True, validate=validate.Length(min=1))
    resource = fields.Dict()
    resource_id = fields.String(data_key="resourceId")


class SuggestionSchema(Schema):
    """One suggestion of a card."""

    uuid = fields.UUID(required=True)
    label = fields.String(required=True, validate=validate.Length(min=1))
    is_recommended = fields.Boolean(data_key="isRecommended")
    actions = fields.List(fields.Nested(ActionSchema), validate=validate.Length(min=1))


class LinkSchema(Schema):
    """A link on a card (hooks:L1)."""

    label = fields.String(required=True, validate=validate.Length(min=1))
    url = fields.Url(required=True)
    type = fields.String(required=True, validate=validate.OneOf(("absolute", "smart")))


class CardSchema(Schema):
    """A card as specified (hooks:C1-C8)."""

    uuid = fields.UUID(required=True)
    summary = fields.String(required=True, validate=validate.Length(min=1, max=139))
    detail = fields.String(validate=validate.Length(min=1))
    indicator = fields.String(required=True, validate=validate.OneOf(("info", "warning", "critical")))
    source = fields.Nested(SourceSchema, required=True)
    suggestions = fields.List(fields.Nested(SuggestionSchema), validate=validate.Length(min=1))
    selection_behavior = fields.String(data_key="selectionBehavior", validate=validate.OneOf(("at-most-one", "any")))
    links = fields.List(fields.Nested(LinkSchema), validate=validate.Length(min=1))
    override_reasons = fields.List(fields.Nested(CodingSchema), data_key="overrideReasons")

    @validates_schema
    def _selection_goes_with_suggestions(self, data: dict[str, Any], **_: Any) -> None:
        if ("suggestions" in data) != ("selection_behavior" in data):
            raise ValidationError("selectionBehavior goes with suggestions", "selectionBehavior")


class ResponseSchema(Schema):
    """The response to a hook call."""

    cards = fields.List(fields.Nested(CardSchema), required=True)
    extension = fields.Dict()


def _hook(name: str) -> fields.String:
    return fields.String(required=True, validate=validate.Equal(name, error="This service answers the hook {other}."))


_response_schema = ResponseSchema()


@cache
def request_schema(spec: HookSpec) -> Schema:
    """The envelope of a call together with the context of its hook."""
    own = {"hook": _hook(spec.hook), "context": fields.Nested(spec.context, required=True)}
    return HookRequestSchema.from_dict(own)()


def read_hook_request(body: bytes, spec: HookSpec, draft_limit: int) -> HookRequest:
    """The request in a body; excess drafts are not examined, since each may become a card.

    Raises NotJsonError, TooManyEntriesError or NotAHookRequestError, none of which repeats what was sent.
    """
    envelope = _envelope(body)
    if orders_in(envelope.get("context"), spec.context) > draft_limit:
        raise TooManyEntriesError(f"More than {draft_limit} draft orders or selections (setting ICANS_DRAFT_LIMIT).")
    try:
        request: HookRequest = request_schema(spec).load(envelope)
    except ValidationError as error:
        raise NotAHookRequestError(f"Not a CDS Hooks request: {summary_of(error.messages)}") from error
    return request


def wrong_in_response(response: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with a response of ours, by place; empty if it is valid."""
    wrong: dict[str, Any] = _response_schema.validate(response)
    return wrong


def _envelope(body: bytes) -> dict[str, Any]:
    """The top level as values, prefetch as texts by key: its resources are read one by one later."""
    try:
        members = _body.decode(body)
    except msgspec.ValidationError as error:
        _require_json(body, error)
        raise NotAHookRequestError(
            "Not a CDS Hooks request: an object with an object `prefetch` is expected."
        ) from error
    except JSON_ERRORS as error:
        raise NotJsonError("The body is not JSON.") from error
    return {name: value for name, value in msgspec.structs.asdict(members).items() if value is not msgspec.UNSET}


def _require_json(body: bytes, cause: Exception) -> None:
    """Report numbers out of range as invalid JSON rather than as a wrong form."""
    try:
        msgspec.json.decode(body)
    except JSON_ERRORS:
        raise NotJsonError("The body is not JSON that can be read.") from cause
