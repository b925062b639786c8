"""Errors in the codes, answers and questionnaires of a site: unknown names, two meanings, and what can never match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.clinical.tables.names import Concept
from cds_service.fhir_mapping.codes import BOOLEAN, LONGEST, Code
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.knowledge.site import SiteFile
from cds_service.knowledge.terminology import packaged_concepts, true_or_false

TRUTHS = ("true", "false")


def wrong_codes(parts: SiteFile, terminology: Terminology) -> Iterator[str]:
    """All errors; `terminology` already includes the site's part."""
    yield from _wrong_names(parts, terminology)
    for concept, codes in parts.codes.items():
        yield from (f"codes.{concept}: {wrong}" for wrong in _never_matched(codes))
    for product, local in parts.product.items():
        yield from (f"product.{product}: {wrong}" for wrong in _never_matched(local.codes))
    yield from _wrong_answers(parts, terminology)
    yield from _wrong_questionnaires(parts, terminology)


def _wrong_names(parts: SiteFile, terminology: Terminology) -> Iterator[str]:
    """Unknown concepts, and codes that would have two meanings."""
    looked_for = {concept for group in terminology.concepts.observations.values() for concept in group}
    known = looked_for | packaged_concepts()
    yield from (
        f"codes.{concept}: no such concept; `icans-cds concepts` lists all"
        for concept in parts.codes
        if concept not in known
    )
    for dictionary in (terminology.observations, terminology.drugs):
        for (system, code), first, second in dictionary.claimed_twice:
            yield f"codes: {system}|{code} is in both {first} and {second}"


def _never_matched(codes: Iterable[Code]) -> Iterator[str]:
    """Codes that no record can match."""
    for system, code in codes:
        if not system.strip():
            yield f"{code!r} has no system, so it never matches: a code without a system may be anybody's"
        elif not code.strip():
            yield f"an empty code of {system} never matches"
        elif len(system) + len(code) > LONGEST:
            yield f"a code of {system} is longer than {LONGEST} characters with its system, so it never matches"


def _wrong_answers(parts: SiteFile, terminology: Terminology) -> Iterator[str]:
    """Answers must have a meaning known to the rules."""
    for concept, rows in parts.answers.items():
        allowed = allowed_answers(concept, terminology)
        if not allowed:
            yield f"answers.{concept}: neither a score nor a choice"
        for system, code, value in rows:
            wrong = list(_never_matched([Code(system, code)]))
            if system == BOOLEAN and code not in TRUTHS:
                wrong.append(f"{code!r} is neither true nor false, so it never matches")
            if allowed and value not in allowed:
                wrong.append(f"{value!r} is none of {', '.join(map(str, allowed))}")
            yield from (f"answers.{concept}: {one}" for one in wrong)


def _wrong_questionnaires(parts: SiteFile, terminology: Terminology) -> Iterator[str]:
    """Questions must ask for something that is read, and a version never matches, for it is not compared."""
    for url, links in parts.questionnaires.items():
        if "|" in url:
            yield f"questionnaires.{url}: leave out the version after '|': every version is read alike"
        if not url.strip():
            yield "questionnaires: a questionnaire without a canonical never matches"
        strange = (concept for concept in links.values() if not allowed_answers(concept, terminology))
        yield from (f"questionnaires.{url}: {concept!r} is neither a score nor a choice" for concept in strange)


def allowed_answers(concept: Concept, terminology: Terminology) -> tuple[str | int | bool, ...]:
    """The answers that a concept can have; empty if it is neither a score, a choice, nor true or false."""
    concepts = terminology.concepts
    if concept in concepts.scores:
        low, high = concepts.scores[concept]
        return tuple(range(low, high + 1))
    return (True, False) if concept in true_or_false() else concepts.choices.get(concept, ())
