"""Every name to which a site can map a code, with its meaning and how its value is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cds_service.clinical.tables.guideline import Drugs
from cds_service.clinical.tables.names import Concept, Drug
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.knowledge import Knowledge
from cds_service.knowledge.site_codes import allowed_answers
from cds_service.knowledge.terminology import ROUTES


class Mappable(NamedTuple):
    """`group`: the search that asks for it, or `drugs`, `diagnoses`. `value`: how it is read; empty for a mere name."""

    group: str
    name: Concept
    meaning: str
    value: str


def mappable(knowledge: Knowledge) -> Iterator[Mappable]:
    """All names that `[codes]` of a site file takes."""
    terminology, named = knowledge.terminology, set()
    for group, concepts in terminology.concepts.observations.items():
        for name in concepts:
            named.add(name)
            yield Mappable(group, name, _meaning(name, knowledge), _value(name, knowledge))
    others = {name: _group(name, terminology) for name in sorted(set(terminology.value_sets) - named - ROUTES)}
    for name, group in sorted(others.items(), key=lambda one: one[1] != "drugs"):
        value = _class(name, knowledge.protocol.rules.drugs) if group == "drugs" else ""
        yield Mappable(group, name, _meaning(name, knowledge), value)


def _meaning(name: Concept, knowledge: Knowledge) -> str:
    """The display of an own code, else the title of a value set; of a product of the site, its name."""
    value_set = knowledge.terminology.value_sets.get(name)
    return (
        knowledge.codes.get(name) or (value_set.title if value_set else "") or knowledge.product_names.get(name, name)
    )


def _value(name: Concept, knowledge: Knowledge) -> str:
    if name in knowledge.units:
        return f"in {knowledge.units[name].unit}"
    if name in knowledge.terminology.concepts.scores:
        low, high = knowledge.terminology.concepts.scores[name]
        return f"{low} to {high}"
    return ", ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in _answers(name, knowledge))


def _answers(name: Concept, knowledge: Knowledge) -> tuple[str | int | bool, ...]:
    return allowed_answers(name, knowledge.terminology)


def _group(name: Concept, terminology: Terminology) -> str:
    concepts = terminology.concepts
    return "diagnoses" if name in {*concepts.conditions, *concepts.charted, *concepts.diagnoses} else "drugs"


def _class(name: Concept, drugs: Drugs) -> str:
    """The class by which the rules know a drug; empty if they name it itself."""
    product = drugs.product(Drug(name))
    if product is not None:
        return product.therapy_class
    classes = ("corticosteroids", "sedatives", "neuromuscular_blockers", "opioids", "antipsychotics", "antiseizure")
    return next((one.replace("_", " ") for one in classes if name in getattr(drugs, one)), "")
