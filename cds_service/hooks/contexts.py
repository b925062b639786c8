"""The context of each hook, as its definition has it (marshmallow; error keys are wire names)."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from cds_service.fhir_mapping.identity import is_id

_USER = re.compile(r"[A-Za-z]+/[A-Za-z0-9.-]{1,255}(/_history/[A-Za-z0-9.-]{1,64})?\Z")
_ID = {"pattern": r"^[A-Za-z0-9.-]{1,255}$"}


def _is_id(text: str) -> None:
    if not is_id(text):
        raise ValidationError("Not a FHIR id: letters, digits, - and . only, up to 255.")


def _is_bundle(value: dict[str, Any]) -> None:
    if value.get("resourceType") != "Bundle" or not isinstance(value.get("entry", []), list):
        raise ValidationError("Not a FHIR Bundle.")


class ContextSchema(Schema):
    """The context of hooks about a patient; what else a client adds has not been checked and is dropped."""

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
    """encounter-start and encounter-discharge: there is always a stay."""

    encounter_id = fields.String(data_key="encounterId", required=True, validate=_is_id, metadata=_ID)


class OrderSignContextSchema(ContextSchema):
    """order-sign: everything that is about to be signed."""

    draft_orders = fields.Dict(data_key="draftOrders", required=True, validate=_is_bundle)


class OrderSelectContextSchema(OrderSignContextSchema):
    """order-select: the drafts, and which of them were just selected."""

    selections = fields.List(fields.String(validate=validate.Length(min=1)), required=True)


CONTEXTS = {
    "patient-view": ContextSchema(),
    "order-select": OrderSelectContextSchema(),
    "order-sign": OrderSignContextSchema(),
    "encounter-start": EncounterContextSchema(),
    "encounter-discharge": EncounterContextSchema(),
}
