"""Feedback from clients, in the form of the specification and of Epic (marshmallow; error keys are wire names)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, NamedTuple

import msgspec
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from cds_service.adapters.feedback_store import Feedback
from cds_service.errors import NotFeedbackError, NotJsonError
from cds_service.fhir_mapping.read.times import parse_when
from cds_service.hooks.faults import Several, faults, summary_of
from cds_service.hooks.schemas import JSON_ERRORS

ACCEPTED, OVERRIDDEN = "accepted", "overridden"
# More suggestions than any card has.
MAX_ENTRIES, MAX_SUGGESTIONS = 1000, 20
# Epic sends a reason from the site's own build as a number in an extension (fhir.epic.com, "CDS Hooks", Feedback).
EPIC_REASON = "com.epic.cdshooks.feedback.overrideReason.reasonCategory"
UNCODED = "uncoded"
_URN = "urn:uuid:"
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SYSTEM = re.compile(r"[!-~]{1,255}")
_IDENTIFIER = validate.Regexp(r"(urn:uuid:)?[A-Za-z0-9._-]{1,64}\Z", error="Not a card or suggestion uuid.")


class _Lenient(Schema):
    class Meta:
        """Tolerate extensions and other unknown elements (hooks:E2)."""

        unknown = EXCLUDE


class AcceptedSuggestionSchema(_Lenient):
    """One accepted suggestion."""

    id = fields.String(required=True, validate=_IDENTIFIER)


class FeedbackSchema(_Lenient):
    """What a clinician did with one card (hooks:B2); Epic's `overrideReasons` has the same content."""

    card = fields.String(required=True, validate=_IDENTIFIER)
    outcome = fields.String(required=True, validate=validate.OneOf((ACCEPTED, OVERRIDDEN)))
    time = fields.String(required=True, data_key="outcomeTimestamp")
    accepted = Several(
        fields.Nested(AcceptedSuggestionSchema),
        data_key="acceptedSuggestions",
        load_default=(),
        validate=validate.Length(max=MAX_SUGGESTIONS),
    )
    override = fields.Dict(data_key="overrideReason", load_default=dict, allow_none=True)

    @pre_load
    def _as_specified(self, given: Any, **_: Any) -> Any:
        if not isinstance(given, dict) or "overrideReasons" not in given:
            return given
        named = given["overrideReasons"]
        first = named[0] if isinstance(named, list) and named else named
        return {"overrideReason": first or {}} | given

    @validates_schema
    def _accepted_is_something(self, entry: dict[str, Any], **_: Any) -> None:
        if entry["outcome"] == ACCEPTED and not entry["accepted"]:
            raise ValidationError("Name the accepted suggestions.", "acceptedSuggestions")

    @post_load
    def _feedback(self, entry: dict[str, Any], **_: Any) -> Feedback:
        when = parse_when(entry["time"], UTC)
        if when is None or when.date_only:
            raise ValidationError("Not an RFC 3339 time with date and zone.", "outcomeTimestamp")
        override = entry["override"] or {}
        reason = _reason(override)
        return Feedback(
            card=_bare(entry["card"]),
            outcome=entry["outcome"],
            time=when.moment,
            accepted=tuple(_bare(one["id"]) for one in entry["accepted"]),
            reason_system=reason.system,
            reason=reason.code,
            commented=bool(override.get("userComment")),
        )


class FeedbackListSchema(_Lenient):
    """A message with one or more entries, on one or more calls (hooks:B3)."""

    feedback = Several(fields.Nested(FeedbackSchema), required=True, validate=validate.Length(min=1, max=MAX_ENTRIES))


class Reading(NamedTuple):
    """The content of a message: the valid entries, the number of invalid ones, and what is wrong by place."""

    entries: tuple[Feedback, ...]
    refused: int
    wrong: dict[str, str]


_entry = FeedbackSchema()
_message = _Lenient.from_dict(
    {"feedback": Several(fields.Raw(allow_none=True), required=True, validate=validate.Length(1, MAX_ENTRIES))}
)()


def read_feedback(body: bytes, in_time: Callable[[], None]) -> Reading:
    """The entries of a message; an invalid entry affects only itself. `in_time` is called before each and may raise.

    Raises NotJsonError or NotFeedbackError if it is not a feedback message; errors never repeat what was sent.
    """
    try:
        entries = _message.load(msgspec.json.decode(body))["feedback"]
    except JSON_ERRORS as error:
        raise NotJsonError("The body is not JSON.") from error
    except ValidationError as error:
        raise NotFeedbackError(f"Not CDS Hooks feedback: {summary_of(error.messages)}") from error
    read: list[Feedback] = []
    wrong: dict[str, str] = {}
    for index, entry in enumerate(entries):
        in_time()
        try:
            read.append(_entry.load(entry))
        except ValidationError as error:
            wrong.update(faults(error.messages, f"feedback[{index}]"))
    return Reading(tuple(read), len(entries) - len(read), wrong)


class _Reason(NamedTuple):
    """Why a card was overridden, as a code; empty if none was given."""

    system: str = ""
    code: str = ""


def _bare(identifier: str) -> str:
    return identifier.removeprefix(_URN).lower()


def _reason(override: Mapping[str, Any]) -> _Reason:
    """The reason as a code; anything else may be free text and is not stored."""
    reason, extension = override.get("reason"), override.get("extension")
    if isinstance(reason, dict) and reason.get("code"):
        return _coded(reason.get("system"), reason["code"])
    if isinstance(extension, dict) and extension.get(EPIC_REASON):
        return _coded(EPIC_REASON, extension[EPIC_REASON])
    return _Reason()


def _coded(system: Any, code: Any) -> _Reason:
    written = str(code) if isinstance(code, str | int) else ""
    if _CODE.fullmatch(written) is None:
        return _Reason(code=UNCODED)
    return _Reason(system if isinstance(system, str) and _SYSTEM.fullmatch(system) else "", written)
