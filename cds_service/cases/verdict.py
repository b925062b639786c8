"""Whether the service answers a case as expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from cds_service.cases.answer import answer_of
from cds_service.cases.case import NOW, Case, Expected, ago
from cds_service.cases.options import (
    discharge_answer,
    occasion_of,
)
from cds_service.cases.patient import facts_of
from cds_service.clinical.assess import Answer, assess, leaving_of
from cds_service.clinical.tables.advice import Management
from cds_service.clinical.tables.guideline import Protocol
from cds_service.knowledge.editions import load_labels

INCLUDED = {
    "recommended": "recommendations",
    "not_recommended": "recommendations",
    "not_advised": "advised",
    "no_gaps": "gaps",
}
UNASKED_IF_EMPTY = frozenset({"domains", "discharge", "risk", *INCLUDED, "advised", "gaps"})


def differences(case: Case, protocol: Protocol) -> list[str]:
    """The differences between the answer and the expected one, one per line; empty if they agree."""
    asked = protocol_of(case, protocol)
    answer = assessed(case, asked)
    more = {
        "discharge": discharge_answer(leaving_of(answer, asked)),
        "alerts": tuple(alert.code for alert in answer.alerts),
        "unjudged": tuple(f"{one.order.drug} {one.reason}" for one in answer.unjudged),
    }
    return list(_differences(case.expect, answer_of(answer, asked.rules) | more))


def assessed(case: Case, protocol: Protocol) -> Answer:
    """The answer about the patient of a case on its occasion."""
    return assess(facts_of(case, protocol.rules.drugs.products), occasion_of(case), NOW, protocol)


def protocol_of(case: Case, protocol: Protocol) -> Protocol:
    """The protocol with the settings of a case."""
    labels = protocol.labels
    if labels is None or labels.region != case.region:
        labels = _labels(case.region)
    return protocol._replace(other_scales=case.other_scales, labels=labels)


@cache
def _labels(region: str) -> Management:
    return load_labels(region)


def _differences(expected: Expected, answer: dict[str, Any]) -> Iterator[str]:
    for field in fields(expected):
        wanted = getattr(expected, field.name)
        if wanted is None or (not wanted and field.name in UNASKED_IF_EMPTY):
            continue
        yield from _compared(field.name, wanted, answer)


def _compared(name: str, wanted: Any, answer: dict[str, Any]) -> Iterator[str]:
    """Lists of codes are searched code by code, times compared as moments, and anything else as it stands."""
    given: Any = answer.get(INCLUDED.get(name, name))
    match name:
        case "recommended" | "advised" | "gaps":
            yield from (f"{name}: {one} is missing, found {', '.join(given)}" for one in wanted if one not in given)
        case "not_recommended" | "not_advised" | "no_gaps":
            yield from (f"{name}: {one} is present" for one in wanted if one in given)
        case "domains" | "discharge":
            yield from (
                f"{key}: {given.get(key)}, expected {one}" for key, one in wanted.items() if given.get(key) != one
            )
        case "risk":
            yield from (
                f"{key}: {actual.text if (actual := given.get(key)) else None}, expected {one}"
                for key, one in wanted.items()
                if one not in given.get(key, ())
            )
        case "due" | "onset" | "crs_onset" | "reassess_by" | "steroid_last":
            moment = None if wanted == "none" else ago(wanted)
            if given != moment:
                yield f"{name}: {given}, expected {moment}"
        case _:
            if given != wanted:
                yield f"{name}: {given}, expected {wanted}"
