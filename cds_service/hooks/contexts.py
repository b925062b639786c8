"""The building blocks of hook contexts as defined by CDS Hooks (marshmallow; error keys are wire names)."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from cds_service.adapters.outbound import MAX_LENGTH
from cds_service.fhir_mapping.read.patients import is_id

_USER = re.compile(r"[A-Za-z]+/[A-Za-z0-9.-]{1,255}(/_history/[A-Za-z0-9.-]{1,64})?\Z")
_url = validate.URL(require_tld=False)
URL_FORM = {"format": "uri", "maxLength": MAX_LENGTH}
_ID = {"pattern": r"^[A-Za-z0-9.-]{1,255}$"}


def is_url(text: str) -> None:
    """Whether a text is a URL; its length is checked first, because matching megabytes takes seconds and gigabytes."""
    if len(text) > MAX_LENGTH:
        raise ValidationError(f"Longer than {MAX_LENGTH} characters.")
    _url(text)


def _is_id(text: str) -> None:
    if not is_id(text):
        raise ValidationError("Not a FHIR id: letters, digits, - and . only, up to 255.")


def _is_bundle(value: dict[str, Any]) -> None:
    if value.get("resourceType") != "Bundle" or not isinstance(value.get("entry", []), list):
        raise ValidationError("Not a FHIR Bundle.")


def is_clinician(user_id: str) -> bool:
    """Whether the cards are for this user: not the patient or a relative (rule U2)."""
    return not user_id.startswith(("Patient/", "RelatedPerson/"))


class ContextSchema(Schema):
    """The context of hooks about a patient; unknown elements from the client are unchecked and therefore dropped."""

    class Meta:
        """CRD 169: unknown context elements are ignored, not refused."""

        unknown = EXCLUDE

    user_id = fields.String(
        required=True,
        data_key="userId",
        validate=validate.Regexp(_USER, error="Not a reference such as Practitioner/1."),
    )
    patient_id = fields.String(required=True, data_key="patientId", validate=_is_id, metadata=_ID)
    encounter_id = fields.String(
        data_key="encounterId", allow_none=True, load_default=None, validate=_is_id, metadata=_ID
    )


class EncounterContextSchema(ContextSchema):
    """The context of hooks about an encounter, which is then required."""

    encounter_id = fields.String(data_key="encounterId", required=True, validate=_is_id, metadata=_ID)


class OrderSignContextSchema(ContextSchema):
    """The context of hooks about orders, with all drafts."""

    draft_orders = fields.Dict(data_key="draftOrders", required=True, validate=_is_bundle)


def orders_in(context: Any, schema: ContextSchema) -> int:
    """The number of drafts in a context, or of selections if there are more; 0 for a hook that is not about orders."""
    if not (isinstance(context, dict) and isinstance(schema, OrderSignContextSchema)):
        return 0
    drafts = context.get("draftOrders")
    lists = (drafts.get("entry") if isinstance(drafts, dict) else None, context.get("selections"))
    return max((len(one) for one in lists if isinstance(one, list)), default=0)
