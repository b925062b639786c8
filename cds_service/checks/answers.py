"""Answers to cases: responses must conform to CDS Hooks, and offered resources to FHIR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from cds_service.cases.case import NOW, Case
from cds_service.cases.options import occasion_of
from cds_service.cases.patient import facts_of
from cds_service.cases.verdict import protocol_of
from cds_service.checks.report import Report
from cds_service.decision import Decider
from cds_service.fhir_mapping.orders.drafts import draft_of
from cds_service.fhir_mapping.write.resources import Subject, validated
from cds_service.hooks.schemas import wrong_in_response
from cds_service.knowledge import Knowledge

Json = dict[str, Any]
SUBJECT = Subject("example", "stay", NOW)


def check_answers(cases: Iterable[Case], decider: Decider, knowledge: Knowledge) -> Report:
    """Answer every case as a call from an EHR would be answered."""
    answers = [(case.name, answer_to(case, decider)) for case in cases]
    cards = [(name, card) for name, answer in answers for card in answer["cards"]]
    resources = [(name, resource) for name, card in cards for resource in _offered(card)]
    problems = (
        *(f"{name}: {wrong}" for name, answer in answers for wrong in _places(wrong_in_response(answer))),
        *(
            f"{name}: {code} is not in our CodeSystem"
            for name, card in cards
            for code in _codes_not_ours(card, knowledge)
        ),
        *(f"{name}: {wrong}" for name, resource in resources for wrong in _invalid(resource)),
    )
    return Report("answers", f"{len(cards)} cards, {len(resources)} resources offered", problems)


def answer_to(case: Case, decider: Decider, subject: Subject = SUBJECT) -> Json:
    """The response to a call about the patient and orders of a case."""
    protocol = protocol_of(case, decider.protocol)
    occasion, facts = occasion_of(case), facts_of(case, protocol.rules.drugs.products)
    drafts = {order.reference: draft_of(order, subject, decider.terminology.value_sets) for order in occasion.orders}
    own = replace(decider, protocol=protocol)
    return own.response(own.answer(facts, occasion, replace(subject, drafts=drafts), _identifier))


def _identifier() -> str:
    return "00000000-0000-4000-8000-000000000000"


def _places(wrong: Any, path: str = "") -> Iterator[str]:
    """Each wrong place, with what is wrong there."""
    if isinstance(wrong, dict):
        for key, inner in wrong.items():
            yield from _places(inner, f"{path}.{key}")
    else:
        yield f"{path[1:]}: {' '.join(map(str, wrong))}"


def _offered(card: Json) -> Iterator[Json]:
    for suggestion in card.get("suggestions", ()):
        yield from (action["resource"] for action in suggestion["actions"] if "resource" in action)


def _codes_not_ours(card: Json, knowledge: Knowledge) -> set[str]:
    used = {card["source"]["topic"]["code"], *(reason["code"] for reason in card["overrideReasons"])}
    return used - knowledge.codes.keys()


def _invalid(resource: Json) -> list[str]:
    try:
        validated(resource)
    except ValidationError as error:
        return [f"{resource['resourceType']}: {problem['loc']} {problem['msg']}" for problem in error.errors()]
    return []
