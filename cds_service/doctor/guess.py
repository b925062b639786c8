"""What an unknown code may mean, by its display and the form of its value: a guess for a person to review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cds_service.clinical.tables.names import Concept
from cds_service.doctor.report import Guess
from cds_service.fhir_mapping.data_use import Unknown, UnknownKind
from cds_service.knowledge import Knowledge
from cds_service.knowledge.tables import read_table

# A guess that shares less than this part of its words with the display is none.
ENOUGH = 0.34
_WORD, _NUMBER = re.compile(r"[a-z0-9%]+"), re.compile(r"[+-]?\d+")
_COUNTED = frozenset({"number", "quantity", "answer", "text"})


@dataclass(frozen=True, slots=True)
class Hints:
    """hints.toml: what hospitals call concepts and answers."""

    concepts: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]


@cache
def read_hints() -> Hints:
    """The packaged hints."""
    return read_table(files("cds_service.doctor") / "hints.toml", Hints)


def guess(unknown: Unknown, knowledge: Knowledge) -> Guess | None:
    """What an unknown code may mean; None if nothing is near. A canonical is understood by its linkIds."""
    match unknown.kind:
        case UnknownKind.ANSWER:
            value = _answer(unknown, knowledge)
            return None if value is None else Guess(unknown.concept, value)
        case UnknownKind.UNIT | UnknownKind.CANONICAL:
            return None
        case UnknownKind.DRUG:
            return _named(_drug(unknown, knowledge))
        case UnknownKind.LINK_ID:
            # The number of a question in its questionnaire says nothing: its name and the questionnaire's do.
            name = unknown.system.rpartition("/")[2]
            return _named(_concept((unknown.code, f"{name} {unknown.code}"), unknown.shape, knowledge))
    return _named(_concept((unknown.display or unknown.code,), unknown.shape, knowledge))


def _named(concept: str | None) -> Guess | None:
    return Guess(concept) if concept else None


def _drug(unknown: Unknown, knowledge: Knowledge) -> str | None:
    """A drug all of whose name stands in the display."""
    said = set(_words(unknown.display))
    names = (*knowledge.protocol.rules.drugs.products, *knowledge.terminology.drugs.concepts)
    found = [name for name in dict.fromkeys(names) if set(name.split("-")) <= said]
    return max(found, key=len, default=None)


def _concept(texts: Iterable[str], shape: str, knowledge: Knowledge) -> str | None:
    rated = (
        (max(likeness(text, called) for text in texts for called in _called(name, knowledge)), name)
        for name in _possible(shape, knowledge)
    )
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= ENOUGH else None


def _possible(shape: str, knowledge: Knowledge) -> Iterator[str]:
    """The concepts whose values have this form."""
    concepts, kind, unit = knowledge.terminology.concepts, *shape.partition(" ")[::2]
    for name in dict.fromkeys(one for group in concepts.observations.values() for one in group):
        table = knowledge.units.get(name)
        if table is not None:
            if kind == "quantity" and (not unit or table.conversion(unit) is not None):
                yield name
        elif (
            (name in concepts.scores and kind in _COUNTED)
            or (name in concepts.choices and kind in ("answer", "text"))
            or not kind
            or (kind == "boolean" and name not in concepts.choices)
        ):
            yield name


def _called(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    return (name.replace("-", " "), knowledge.codes.get(name, ""), *read_hints().concepts.get(name, ()))


def likeness(text: str, other: str) -> float:
    """From 0 to 1: the part of all words of both that both have."""
    first, second = set(_words(text)), set(_words(other))
    return len(first & second) / len(first | second) if first & second else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _answer(unknown: Unknown, knowledge: Knowledge) -> str | int | None:
    """A number that the answer begins with, or the choice that it is called like."""
    concepts, asked = knowledge.terminology.concepts, Concept(unknown.concept)
    if asked in concepts.scores:
        low, high = concepts.scores[asked]
        numbers = (int(found[0]) for text in (unknown.display, unknown.code) if (found := _NUMBER.search(text)))
        return next((number for number in numbers if low <= number <= high), None)
    choices = concepts.choices.get(asked, ())
    rated = ((_likest(unknown.display or unknown.code, choice, read_hints().answers), choice) for choice in choices)
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= ENOUGH else None


def _likest(text: str, choice: str, answers: Mapping[str, tuple[str, ...]]) -> float:
    return max(likeness(text, called) for called in (choice.replace("-", " "), *answers.get(choice, ())))
