"""What became of the data that arrived: how much was used, what was left out and why, what nobody understood.

No measured value, no text and no identifier of a patient is kept: only codes with their displays.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from cds_service.fhir_mapping.codes import SYSTEMS, usual_system
from cds_service.fhir_mapping.r4.datatypes import Coding, Quantity, Valued

DISPLAY, SYSTEM, CODE = 60, 200, 60  # characters
_PUBLIC = frozenset(SYSTEMS)


class UnknownKind(StrEnum):
    """What was not understood; the vocabulary of the evaluation schema, what matters most first."""

    ANSWER = "answer"
    UNIT = "unit"
    LINK_ID = "linkId"
    CANONICAL = "canonical"
    DRUG = "drug"
    CODE = "code"


class LeftOut(StrEnum):
    """Why a resource was not used, besides the kinds of gaps. NOT_NEEDED: it says nothing that a rule asks for."""

    NOT_UNDERSTOOD = "not-understood"
    NOT_NEEDED = "not-needed"
    TOO_OLD = "too-old"
    DUPLICATE = "duplicate"
    NO_SUBJECT = "no-subject"
    UNREADABLE = "unreadable"


class Unknown(NamedTuple):
    """A code, answer, unit, linkId, canonical or drug without a meaning.

    `about`: the type of the resource. `concept`: what an answer or a unit belongs to. `shape`: the form of the value
    and its unit, never the value.
    """

    kind: UnknownKind
    system: str
    code: str
    display: str = ""
    about: str = ""
    concept: str = ""
    shape: str = ""

    @property
    def is_local(self) -> bool:
        """Whether its system is the site's own, rather than a public terminology."""
        return usual_system(self.system) not in _PUBLIC


class Sent(NamedTuple):
    """The resources that arrived under one prefetch key, and how many of its entries could not be read."""

    key: str
    resources: Sequence[Any]
    unreadable: int = 0


class LeftOutCount(NamedTuple):
    """How many resources were left out for a reason."""

    why: str
    number: int


class UnknownCount(NamedTuple):
    """How often something that nobody knows was sent."""

    unknown: Unknown
    number: int


class KeyUse(NamedTuple):
    """What became of the resources of one prefetch key; `left_out` counts by reason."""

    key: str
    received: int
    used: int
    left_out: tuple[LeftOutCount, ...] = ()


@dataclass(frozen=True, slots=True)
class DataUse:
    """What became of everything that arrived. `not_understood`: with counts, what matters most first."""

    keys: tuple[KeyUse, ...] = ()
    not_understood: tuple[UnknownCount, ...] = ()


class Unknowns:
    """Collects and counts what is not understood."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._counted: Counter[Unknown] = Counter()

    def code(self, about: str, codings: Iterable[Coding], shape: str = "") -> bool:
        """Note an unknown code of a resource or a component; whether there was one to note."""
        return self._coding(Unknown(UnknownKind.CODE, "", "", about=about, shape=shape), codings)

    def drug(self, about: str, codings: Iterable[Coding]) -> bool:
        """Note an unknown drug; whether it had a code."""
        return self._coding(Unknown(UnknownKind.DRUG, "", "", about=about), codings)

    def answer(self, concept: str, codings: Iterable[Coding]) -> bool:
        """Note an unknown answer to a known question; whether it was coded."""
        return self._coding(Unknown(UnknownKind.ANSWER, "", "", concept=concept), codings)

    def unit(self, concept: str, quantity: Quantity | None) -> None:
        """Note an unknown unit of a known measurement; one that was not sent is not unknown."""
        code = cleaned(quantity.code or quantity.unit, CODE) if quantity else ""
        if quantity is not None and code:
            system = cleaned(quantity.system, SYSTEM) if quantity.code else ""
            self._counted[Unknown(UnknownKind.UNIT, system, code, concept=concept)] += 1

    def canonical(self, url: str) -> None:
        """Note a questionnaire that nobody mapped."""
        self._counted[Unknown(UnknownKind.CANONICAL, "", cleaned(url, SYSTEM))] += 1

    def link(self, url: str, link: str, shape: str) -> None:
        """Note a question that nobody mapped, of any questionnaire."""
        self._counted[Unknown(UnknownKind.LINK_ID, cleaned(url, SYSTEM), cleaned(link, CODE), shape=shape)] += 1

    def _coding(self, unknown: Unknown, codings: Iterable[Coding]) -> bool:
        """One coding stands for all: the first of the site's own system, because that is what a site can map."""
        coded = (_Coded.of(one) for one in codings if one.code)
        found = min(coded, key=lambda one: (not one.system, usual_system(one.system) in _PUBLIC), default=None)
        if found is not None:
            self._counted[unknown._replace(system=found.system, code=found.code, display=found.display)] += 1
        return found is not None

    @property
    def counted(self) -> tuple[UnknownCount, ...]:
        """All of them with their counts: by kind, the site's own codes first, the most frequent first."""
        kinds = list(UnknownKind)
        return tuple(
            sorted(
                (UnknownCount(*one) for one in self._counted.items()),
                key=lambda one: (kinds.index(one.unknown.kind), not one.unknown.is_local, -one.number, one.unknown),
            )
        )


def is_local(codings: Iterable[Coding]) -> bool:
    """Whether a code is of a system of the site's own."""
    return any(usual_system(one.system or "") not in _PUBLIC for one in codings if one.code)


class _Coded(NamedTuple):
    system: str
    code: str
    display: str

    @classmethod
    def of(cls, coding: Coding) -> _Coded:
        return cls(cleaned(coding.system, SYSTEM), cleaned(coding.code, CODE), cleaned(coding.display, DISPLAY))


def shape_of(valued: Valued) -> str:
    """The form of a value and its unit, never the value itself; empty if there is none."""
    quantity = valued.valueQuantity
    if quantity is not None:
        return " ".join(filter(None, ("quantity", cleaned(quantity.code or quantity.unit, CODE))))
    return next((name for field, name in _SHAPES.items() if getattr(valued, field) is not None), "")


_SHAPES = {
    "valueInteger": "number",
    "valueDecimal": "number",
    "valueCodeableConcept": "answer",
    "valueCoding": "answer",
    "valueBoolean": "boolean",
    "valueDateTime": "date",
    "valueDate": "date",
    "valueString": "text",
}


def cleaned(text: str | None, most: int) -> str:
    """A text on one line, without control and format characters, cut at `most` characters."""
    words = " ".join((text or "")[: 8 * most].split())
    return "".join(one for one in words if unicodedata.category(one)[0] != "C")[:most].strip()


def identity(resource: Any) -> tuple[type, Any]:
    """What is equal for two copies of one resource: its id, or its content if it has none."""
    return type(resource), resource.id or msgspec.json.encode(resource)


def use_of(sent: Iterable[Sent], fates: Mapping[Any, str]) -> tuple[KeyUse, ...]:
    """By key, from the fate of each resource: empty for one that was used, else why it was not."""
    return tuple(_key_use(one, fates) for one in sent)


def _key_use(sent: Sent, fates: Mapping[Any, str]) -> KeyUse:
    """A Medication has no fate of its own: it is read with what refers to it."""
    copies = Counter(map(identity, sent.resources))
    reasons = Counter(fates.get(one, "") for one in copies)
    used = reasons.pop("", 0)
    reasons[LeftOut.DUPLICATE] += copies.total() - len(copies)
    reasons[LeftOut.UNREADABLE] += sent.unreadable
    counts = (LeftOutCount(str(why), number) for why, number in reasons.items() if number)
    left = sorted(counts, key=lambda one: (-one.number, one.why))
    return KeyUse(sent.key, len(sent.resources) + sent.unreadable, used, tuple(left))
