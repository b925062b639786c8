"""What is not known, and why: a gap is a value like any other and is always reported."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from cds_service.clinical.tables.names import Concept, Drug, ProductKey
from cds_service.clinical.tables.vocabulary import TherapyClass

# The concept of the gap for a drug that could not be identified.
UNKNOWN_DRUG = Drug(Concept("medication"))


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
    INCOMPLETE = "incomplete"
    NOT_UNDERSTOOD = "not-understood"


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
    SUBJECT = "subject"
    UNKNOWN_CODE = "no known code"
    UNKNOWN_INFUSION = "infusion of an unknown drug"
    UNKNOWN_DOSE = "dose of an unknown drug"


class UnusableStatus(StrEnum):
    """The status of an Observation whose value does not count."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class InstrumentsUsed(StrEnum):
    """Which instruments were used in a patient whose birth date leaves open which one counts (rule T7)."""

    ICE = "ice"
    CAPD = "capd"
    BOTH = "both"
    NEITHER = "neither"


class RepeatedProduct(NamedTuple):
    """A product that is given once but is on record more than once; `name`: as the tables spell it."""

    product: ProductKey
    name: str


class UnreadName(NamedTuple):
    """A drug with an unreadable record, by its name in the tables."""

    name: Drug


class UnknownAnswer(NamedTuple):
    """An answer that was charted and that nobody knows: the display of its code, empty if there is none, and when."""

    display: str
    time: datetime


class UnreadProduct(NamedTuple):
    """A therapy whose record cannot be read; `product` is None and its `short` name empty if the record names none."""

    therapy_class: TherapyClass
    product: ProductKey | None = None
    short: str = ""

    @property
    def name(self) -> str:
        """The product as the tables name it, else the class."""
        return self.product or self.therapy_class

    @property
    def called(self) -> str:
        """The name that cards use: the short name, else the class."""
        return self.short or self.therapy_class


class Implausible(NamedTuple):
    """A value that cannot be true, in the unit of its concept (a score has none), when and where it was recorded."""

    number: float
    unit: str
    time: datetime
    source: str


# For integration engineers: a unit as it was sent, or how a server failed. No code interprets it.
AsSent = NewType("AsSent", str)
Unreadable = UnreadName | UnreadProduct | UnknownAnswer
GapDetail = Part | UnusableStatus | InstrumentsUsed | RepeatedProduct | Unreadable | Implausible | AsSent


class Gap(NamedTuple):
    """Something that is not known, and why; `number`: how often it occurred."""

    concept: str
    kind: GapKind
    number: int = 1
    detail: GapDetail | None = None
