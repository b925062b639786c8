"""From codings to concepts: (system, code) pairs through value sets, never display text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from cds_service.clinical.tables.names import Concept, Drug
from cds_service.fhir_mapping.codes import (
    CPT,
    HCPCS,
    ICANS,
    ICD_10_PCS,
    NDC,
    Code,
    has_four_digits,
    labeler_of,
    meant,
    normalised,
)
from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Coding

QUESTIONNAIRE = "https://icans-cds.example/fhir/Questionnaire/"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A diagnosis read as a finding or as a charted grade."""

    concept: Concept
    value: str | int


@dataclass(frozen=True, slots=True)
class ConceptTable:
    """concepts.toml: the concepts looked for, and how their values are read."""

    observations: dict[str, tuple[Concept, ...]]
    scores: dict[Concept, tuple[int, int]]
    choices: dict[Concept, tuple[str, ...]]
    conditions: dict[Concept, Meaning]
    charted: dict[Concept, Meaning]
    diagnoses: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The verified and unverified codes of one concept; `preferred`: the first of each system.

    `categories`: codes that also stand for everything below them, such as a heading of ICD-10-CM.
    """

    concept: Concept
    codes: frozenset[Code]
    unverified: frozenset[Code] = frozenset()
    preferred: tuple[Code, ...] = ()
    categories: frozenset[Code] = frozenset()
    title: str = ""


class ClaimedTwice(NamedTuple):
    """A code that two value sets claim: the concept that it keeps, and the other."""

    code: Code
    kept: Concept
    other: Concept


# Systems of packages, bills and procedures: what is not listed of them may be any drug.
NOT_OF_SUBSTANCES = frozenset({NDC, HCPCS, ICD_10_PCS, CPT})


Name = TypeVar("Name", bound=Concept)


class Dictionary(Generic[Name]):
    """The codes of one kind of resource, each with its concept; systems and codes are compared in their usual form."""

    __slots__ = (
        "_categories",
        "_concepts",
        "_four_digit_labelers",
        "_mixtures",
        "_systems",
        "_unverified",
        "claimed_twice",
    )

    def __init__(
        self, value_sets: Iterable[ValueSet], name: Callable[[Concept], Name], mixtures: Iterable[Code] = ()
    ) -> None:
        """Index the value sets; a code claimed by two keeps the first concept and is listed in `claimed_twice`.

        `name`: what their concepts are. `mixtures`: codes of drugs that are not recognised and hold an opioid or a
        sedative.
        """
        self.claimed_twice: list[ClaimedTwice] = []
        self._concepts: dict[Code, Name] = {}
        self._unverified: dict[Code, Name] = {}
        self._categories: dict[Code, Name] = {}
        self._four_digit_labelers: set[str] = set()
        self._mixtures = frozenset(map(normalised, mixtures))
        for value_set in value_sets:
            concept = name(value_set.concept)
            for code in value_set.codes:
                self._claim(code, concept)
            for code in value_set.unverified:
                self._unverified.setdefault(normalised(code), concept)
            for code in value_set.categories:
                self._categories.setdefault(normalised(code), concept)
        self._systems = {code.system for code in self._concepts} - NOT_OF_SUBSTANCES

    def _claim(self, code: Code, concept: Name) -> None:
        forms = meant(code)
        if forms[0].system == NDC and len(forms) == 1 and has_four_digits(forms[0].code):
            self._four_digit_labelers.add(labeler_of(forms[0].code))
        holders = {self._concepts.setdefault(form, concept) for form in forms} - {concept}
        self.claimed_twice += [ClaimedTwice(code, holder, concept) for holder in holders]

    @property
    def concepts(self) -> frozenset[Name]:
        """Every concept that a code of this kind can have."""
        return frozenset(self._concepts.values())

    def knows_system(self, codings: Iterable[Coding]) -> bool:
        """Whether one coding is of a system that is known: it then names something, if nothing of interest."""
        return any(normalised(coding).system in self._systems for coding in codings)

    def is_mixture(self, codings: Iterable[Coding]) -> bool:
        """Whether one coding is of a drug that is not recognised, and holds an opioid or a sedative."""
        return any(normalised(coding) in self._mixtures for coding in codings)

    def find(self, codings: Iterable[Coding | Code]) -> Name | None:
        """The concept of the first known coding; all codings are tried."""
        return next((concept for coding in codings if (concept := self._concept(coding)) is not None), None)

    def _concept(self, coding: Coding | Code) -> Name | None:
        """The concept of a code; one that can be read in several ways must mean the same in each that is known."""
        forms = meant(coding)
        if len(forms) == 1 or labeler_of(forms[0].code) in self._four_digit_labelers:
            return self._concepts.get(forms[-1])
        concepts = {self._concepts[form] for form in forms if form in self._concepts}
        return concepts.pop() if len(concepts) == 1 else None

    def find_below(self, codings: Iterable[Coding]) -> Name | None:
        """The same; if a code itself is unknown, by the nearest category above it."""
        codings = list(codings)
        above = (self._category(normalised(coding)) for coding in codings)
        return self.find(codings) or next((concept for concept in above if concept is not None), None)

    def _category(self, code: Code) -> Name | None:
        """The concept of the longest category that begins the code (G40.909: G40.90, G40.9, G40)."""
        system, value = code
        known = (self._categories.get(Code(system, value[:length].rstrip("."))) for length in range(len(value), 0, -1))
        return next((concept for concept in known if concept is not None), None)

    def find_unverified(self, codings: Iterable[Coding]) -> Name | None:
        """The concept of an unverified code; such a code decides nothing."""
        found = (self._unverified.get(normalised(coding)) for coding in codings)
        return next((concept for concept in found if concept), None)


@dataclass(frozen=True, slots=True)
class Terminology:
    """Everything that mapping needs in order to interpret codes, and to write them.

    `orders`: the codes of the site's order catalogue, by the action or the drug that is ordered.
    """

    concepts: ConceptTable
    own_codes: frozenset[str]
    value_sets: Mapping[Concept, ValueSet]
    observations: Dictionary[Concept]
    drugs: Dictionary[Drug]
    conditions: Dictionary[Concept]
    diagnoses: Dictionary[Concept]
    local_routes: frozenset[Code]
    intrathecal_routes: frozenset[Code]
    answers: Mapping[str, Mapping[Code, str | int | bool]]
    questionnaires: Mapping[str, Mapping[str, Concept]]
    orders: Mapping[str, tuple[Code, ...]]

    def codes_of(self, concept: Concept) -> list[Code]:
        """The project's own code of an Observation concept, then the others, for searches."""
        own = [Code(ICANS, concept)] if concept in self.own_codes else []
        others = self.value_sets[concept].codes if concept in self.value_sets else frozenset()
        return [*own, *sorted(others)]

    def is_local(self, route: CodeableConcept | None) -> bool:
        """Whether a drug given by this route acts only locally."""
        return _is_among(self.local_routes, route)

    def is_intrathecal(self, route: CodeableConcept | None) -> bool:
        """Whether a drug given by this route goes into the spinal canal."""
        return _is_among(self.intrathecal_routes, route)


def _is_among(codes: frozenset[Code], concept: CodeableConcept | None) -> bool:
    return concept is not None and any(normalised(coding) in codes for coding in concept.coding)
