"""What is not known, and why: a gap is a value like any other, and never silence."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, NewType

# The concept of the gap for a drug that nobody knows.
UNKNOWN_DRUG = "medication"


class GapKind(StrEnum):
    """Why something is not known; the vocabulary of the evaluation schema."""

    NOT_RECORDED = "not-recorded"
    STALE = "stale"
    UNREADABLE = "unreadable"
    UNKNOWN_UNIT = "unknown-unit"
    IMPLAUSIBLE = "implausible"
    FUTURE = "future"
    WRONG_INSTRUMENT = "wrong-instrument"
    WRONG_PATIENT = "wrong-patient"
    UNUSABLE_STATUS = "unusable-status"
    NOT_DERIVABLE = "not-derivable"
    NOT_PERMITTED = "not-permitted"
    SERVER_UNAVAILABLE = "server-unavailable"
    TRUNCATED = "truncated"
    NOT_PROVIDED = "not-provided"
    CONFLICT = "conflict"
    NOT_LOOKED_UP = "not-looked-up"
    RECORDED_NOT_READABLE = "recorded-not-readable"


class Part(StrEnum):
    """The part of a resource that could not be used. ADMINISTERED and ORDERED: the drug given, the drug ordered."""

    TIME = "time"
    ANSWER = "answer"
    TEXT = "text"
    COMPARATOR = "comparator"
    MODIFIER = "modifierExtension"
    STATUS = "status"
    CODE = "code not verified"
    DOSE = "dose"
    TIMING = "timing"
    DRAFT = "draft"
    SELECTION = "selection"
    UNIT = "no unit"
    ADMINISTERED = "reference"
    ORDERED = "order"


class UnusableStatus(StrEnum):
    """The status of an Observation whose value does not count."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class InstrumentsUsed(StrEnum):
    """Which instruments scored a patient whose birth date does not say which one counts (rule T7)."""

    ICE = "ice"
    CAPD = "capd"
    BOTH = "both"
    NEITHER = "neither"


class RepeatedProduct(NamedTuple):
    """A product on record more than once that is given once; `name`: as the tables spell it."""

    product: str
    name: str


class UnreadName(NamedTuple):
    """A drug or a product, as the tables name it, of which a record cannot be read; empty where none is named."""

    name: str


# For whoever connects the service: a unit as it was sent, or what a server did. Nothing reads it.
AsSent = NewType("AsSent", str)
GapDetail = Part | UnusableStatus | InstrumentsUsed | RepeatedProduct | UnreadName | AsSent


class Gap(NamedTuple):
    """Something that is not known and why; `number`: how often that was met."""

    concept: str
    kind: GapKind
    number: int = 1
    detail: GapDetail | None = None
