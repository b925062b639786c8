"""Whether the records of a case can occur: a misspelt code would prove nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.cases.case import Case, details_of, own_words
from cds_service.clinical.facts.gap import UNKNOWN_DRUG
from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.terminology import ConceptTable, Terminology


def misspelt(case: Case, terminology: Terminology) -> Iterator[str]:
    """Every record and drug of a case that mapping could never produce, with the reason."""
    concepts = terminology.concepts
    known = {concept for group in concepts.observations.values() for concept in group}
    for row in case.records:
        if row[1] not in known:
            yield f"{row[1]!r} is not the code of an Observation"
        else:
            yield from _wrong_value(row[1], row[2], concepts)
    yield from (f"{row[1]!r} is not a diagnosis" for row in case.diagnoses if row[1] not in concepts.diagnoses)
    unread = [row[0] for row in case.orders if "unread" in details_of(row, 1)]
    named = [*(row[1] for row in case.drugs), *(row[0] for row in case.orders), *case.active]
    drugs = terminology.drugs.concepts | ({UNKNOWN_DRUG} & set(unread))
    yield from (f"{drug!r} is not a drug" for drug in named if drug not in drugs)


def _wrong_value(code: Concept, value: Any, concepts: ConceptTable) -> Iterator[str]:
    if code in concepts.scores:
        low, high = concepts.scores[code]
        if value not in range(low, high + 1):
            yield f"{code} {value!r}: the range is {low} to {high}"
    elif code in concepts.choices and own_words(value) is None:
        diagnosed = {meaning.value for meaning in concepts.conditions.values() if meaning.concept == code}
        if value not in {*concepts.choices[code], *diagnosed}:
            yield f"{code} {value!r}: not one of {', '.join(concepts.choices[code])}"
