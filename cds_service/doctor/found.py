"""Concept by concept, what of the record has a code that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cds_service.doctor.report import Understood
from cds_service.fhir_mapping.data_use import cleaned
from cds_service.fhir_mapping.r4 import structs
from cds_service.fhir_mapping.r4.datatypes import Coding
from cds_service.fhir_mapping.terminology import Dictionary
from cds_service.knowledge import Knowledge

DRUGS, DIAGNOSES = "drugs", "diagnoses"
_LONGEST = 60


@dataclass(slots=True)
class _Seen:
    """The records of one concept."""

    count: int = 0
    newest: str = ""
    unit: str = ""
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, coding: Coding, time: str | None, unit: str) -> None:
        self.count += 1
        self.codes[_written(coding)] += 1
        if (time or "") >= self.newest:
            self.newest, self.unit = time or "", unit or self.unit


class _Known(NamedTuple):
    """A concept that a record is about, the coding that said so, and the unit of its value."""

    concept: str
    coding: Coding
    unit: str


def understood(resources: Iterable[Any], knowledge: Knowledge) -> tuple[Understood, ...]:
    """Every concept of the searches for Observations, and each drug and diagnosis that was found."""
    seen: dict[str, _Seen] = {}
    for resource in resources:
        once: dict[str, _Known] = {}
        for known in _codes_in(resource, knowledge):
            once.setdefault(known.concept, known)
        for known in once.values():
            seen.setdefault(known.concept, _Seen()).add(known.coding, _time_of(resource), known.unit)
    groups = knowledge.terminology.concepts.observations
    looked_for: list[tuple[str, str]] = [(group, concept) for group, concepts in groups.items() for concept in concepts]
    others = sorted(set(seen) - {concept for _, concept in looked_for})
    drugs = knowledge.terminology.drugs.concepts
    looked_for += [(DRUGS if concept in drugs else DIAGNOSES, concept) for concept in others]
    return tuple(_row(group, concept, seen.get(concept, _Seen()), knowledge) for group, concept in looked_for)


def _row(group: str, concept: str, seen: _Seen, knowledge: Knowledge) -> Understood:
    meaning = knowledge.codes.get(concept) or knowledge.product_names.get(concept, "")
    codes = tuple(code for code, _ in seen.codes.most_common())
    return Understood(group, concept, meaning, seen.count, seen.newest, seen.unit, codes)


def _codes_in(resource: Any, knowledge: Knowledge) -> Iterator[_Known]:
    """Each concept that a resource is about."""
    terminology = knowledge.terminology
    match resource:
        case structs.Observation():
            coded: tuple[structs.Observation | structs.Component, ...] = (resource, *resource.component)
            for one in coded:
                quantity = one.valueQuantity
                unit = cleaned(quantity.code or quantity.unit, _LONGEST) if quantity else ""
                yield from _known(one.code.coding, terminology.observations, unit)
        case structs.MedicationAdministration(medicationCodeableConcept=drug) if drug is not None:
            yield from _known(drug.coding, terminology.drugs)
        case structs.Medication() | structs.Procedure():
            yield from _known(resource.code.coding, terminology.drugs)
        case structs.Condition():
            yield from _known(resource.code.coding, terminology.conditions)
            yield from _known(resource.code.coding, terminology.diagnoses)


def _known(codings: Iterable[Coding], dictionary: Dictionary[Any], unit: str = "") -> Iterator[_Known]:
    found = ((dictionary.find([coding]), coding) for coding in codings)
    yield from (_Known(concept, coding, unit) for concept, coding in found if concept is not None)


def _written(coding: Coding) -> str:
    return f"{cleaned(coding.system, 200)}|{cleaned(coding.code, _LONGEST)}"


def _time_of(resource: Any) -> str | None:
    names = ("effectiveDateTime", "effectiveInstant", "performedDateTime", "onsetDateTime", "recordedDate", "authored")
    alone = next((value for name in names if (value := getattr(resource, name, None))), None)
    period = getattr(resource, "effectivePeriod", None) or getattr(resource, "performedPeriod", None)
    return alone or (period.start if period else None)
