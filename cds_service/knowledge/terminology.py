"""Reads value sets, concepts and answers into one dictionary of codes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Literal

import msgspec

from cds_service.clinical.tables.names import Concept, Drug
from cds_service.errors import WrongFileError
from cds_service.fhir_mapping.codes import HCPCS, ICANS, Code, normalised
from cds_service.fhir_mapping.terminology import QUESTIONNAIRE, ConceptTable, Dictionary, Terminology, ValueSet
from cds_service.knowledge.products import load_products
from cds_service.knowledge.site import AnswerRow, Site
from cds_service.knowledge.tables import read_table

MAPPING = files("cds_service.fhir_mapping")
CONCEPTS, ANSWERS, UNITS, CODE_SYSTEM = "concepts.toml", "answers.toml", "units.toml", "codesystem.json"
Answers = dict[str, dict[Code, str | int | bool]]
LOCAL_ROUTES, INTRATHECAL_ROUTES = Concept("local-routes"), Concept("intrathecal-routes")
ROUTES = {LOCAL_ROUTES, INTRATHECAL_ROUTES}


@dataclass(frozen=True, slots=True)
class _AnswerTable:
    """answers.toml."""

    systems: dict[str, str]
    answers: dict[str, tuple[AnswerRow, ...]]


class _Extension(msgspec.Struct):
    url: str
    valueBoolean: bool | None = None


class _Concept(msgspec.Struct):
    code: str
    extension: list[_Extension] = []

    @property
    def is_unverified(self) -> bool:
        """Whether the meaning of the code has not been confirmed."""
        return any(one.url.endswith("/unverified") and one.valueBoolean for one in self.extension)


class _Filter(msgspec.Struct):
    property: str
    op: Literal["is-a"]
    value: str


class _Include(msgspec.Struct):
    system: str
    concept: list[_Concept] = []
    filter: list[_Filter] = []


class _Compose(msgspec.Struct):
    include: list[_Include]


class _ValueSet(msgspec.Struct):
    id: Concept
    title: str
    compose: _Compose


class _Property(msgspec.Struct):
    code: str
    valueCode: str | None = None


class _OwnConcept(msgspec.Struct):
    code: str
    display: str
    property: list[_Property] = []


class _CodeSystem(msgspec.Struct):
    concept: list[_OwnConcept]


def load_terminology(sources: Iterable[Traversable], site: Site | None = None) -> Terminology:
    """All codes for mapping, from these value sets, the packaged tables and the site's own codes."""
    concepts, site = read_table(MAPPING / CONCEPTS, ConceptTable), site or Site()
    sets = {value_set.concept: value_set for value_set in map(read_value_set, sources)}
    own_codes, products = frozenset(read_own_codes("observation")), load_products()
    looked_for = {concept for group in concepts.observations.values() for concept in group}
    findings, diagnoses = {*concepts.conditions, *concepts.charted}, set(concepts.diagnoses)
    sets |= {concept: _with_codes(sets.get(concept), concept, codes) for concept, codes in site.codes.items()}
    own = [ValueSet(concept, frozenset({Code(ICANS, concept)})) for concept in looked_for if concept in own_codes]
    drugs = [one for name, one in sets.items() if name not in looked_for | findings | diagnoses | ROUTES]
    return Terminology(
        concepts=concepts,
        own_codes=own_codes,
        value_sets=sets,
        observations=Dictionary([*own, *(one for name, one in sets.items() if name in looked_for)], Concept),
        drugs=Dictionary((*drugs, *chain(*products.value_sets.values())), Drug, products.mixtures),
        conditions=Dictionary((one for name, one in sets.items() if name in findings), Concept),
        diagnoses=Dictionary((one for name, one in sets.items() if name in diagnoses), Concept),
        local_routes=sets[LOCAL_ROUTES].codes,
        intrathecal_routes=sets[INTRATHECAL_ROUTES].codes,
        answers=_with_answers(_answers(read_table(MAPPING / ANSWERS, _AnswerTable)), site),
        questionnaires=_own_questionnaires(concepts) | site.parts.questionnaires,
        orders=site.parts.orders,
    )


@cache
def packaged_concepts() -> frozenset[str]:
    """The names of the packaged value sets."""
    return frozenset(source.name.removesuffix(".json") for source in (MAPPING / "valuesets").iterdir())


@cache
def true_or_false() -> frozenset[str]:
    """The own codes of what is true or false: no score, no choice and no measurement."""
    concepts = read_table(MAPPING / CONCEPTS, ConceptTable)
    units = tomllib.loads((MAPPING / UNITS).read_text(encoding="utf-8"))
    own = {*read_own_codes("observation"), *read_own_codes("component")}
    return frozenset(own - {*concepts.scores, *concepts.choices, *units, "cart-infusion-date"})


def read_own_codes(use: str = "") -> dict[str, str]:
    """The codes of our CodeSystem with their displays; `use` restricts them, for instance to codes of Observations."""
    system = msgspec.json.decode((MAPPING / CODE_SYSTEM).read_bytes(), type=_CodeSystem)
    wanted = (one for one in system.concept if not use or any(p.valueCode == use for p in one.property))
    return {one.code: one.display for one in wanted}


def read_value_set(source: Traversable) -> ValueSet:
    """A FHIR ValueSet that enumerates its codes; those marked unverified are kept separately.

    A code of billing (HCPCS) is not preferred: no order is written with it.
    """
    try:
        resource = msgspec.json.decode(source.read_bytes(), type=_ValueSet)
    except msgspec.MsgspecError as error:
        raise WrongFileError(source.name, error) from error
    listed = [(include.system, one) for include in resource.compose.include for one in include.concept]
    unverified = frozenset(Code(system, one.code) for system, one in listed if one.is_unverified)
    codes = frozenset(Code(system, one.code) for system, one in listed) - unverified
    preferred = [
        Code(include.system, include.concept[0].code)
        for include in resource.compose.include
        if include.concept and include.system != HCPCS
    ]
    categories = frozenset(
        Code(include.system, one.value) for include in resource.compose.include for one in include.filter
    )
    return ValueSet(
        resource.id, codes, unverified, tuple(code for code in preferred if code in codes), categories, resource.title
    )


def _with_codes(given: ValueSet | None, concept: Concept, codes: tuple[Code, ...]) -> ValueSet:
    """A value set extended by a site's codes, which come last in resources that are offered."""
    value_set = given or ValueSet(concept, frozenset())
    return replace(value_set, codes=value_set.codes.union(codes), preferred=(*value_set.preferred, *codes[:1]))


def _with_answers(answers: Answers, site: Site) -> Answers:
    """The meaning of coded answers, including the site's."""
    local = {
        concept: {normalised(Code(system, code)): value for system, code, value in rows}
        for concept, rows in site.parts.answers.items()
    }
    return answers | {concept: answers.get(concept, {}) | meanings for concept, meanings in local.items()}


def _answers(table: _AnswerTable) -> Answers:
    return {
        concept: {normalised(Code(table.systems[system], code)): value for system, code, value in rows}
        for concept, rows in table.answers.items()
    }


def _own_questionnaires(concepts: ConceptTable) -> dict[str, dict[str, Concept]]:
    """The project's own questionnaires use the codes as their linkIds."""
    names = {"ice": "ice-", "capd": "capd-"}
    scored = (*concepts.scores, *concepts.choices)
    return {
        f"{QUESTIONNAIRE}{name}": {code: code for code in scored if code.startswith(prefix)}
        for name, prefix in names.items()
    }
