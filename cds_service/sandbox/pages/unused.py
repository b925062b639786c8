"""Recorded values that are not used, each with its time, the reason, and the resource."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple

import msgspec

from cds_service.clinical.facts.gap import Gap, GapKind
from cds_service.decision import Decision
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.fhir_mapping.read.times import parse_when
from cds_service.sandbox.pages.canvas import when
from cds_service.sandbox.stories.story import Json

WHY = {
    GapKind.IMPLAUSIBLE: "implausible",
    GapKind.UNKNOWN_UNIT: "unit not understood",
    GapKind.UNREADABLE: "not readable",
    GapKind.NOT_UNDERSTOOD: "answer not understood",
    GapKind.FUTURE: "time in the future",
    GapKind.UNUSABLE_STATUS: "status",
}


class Unused(NamedTuple):
    """A value as recorded, its time by the ward's clock, why it is not used, and the resource that contains it."""

    what: str
    value: str
    time: str
    why: str
    source: str


def unused_of(observations: tuple[Json, ...], decision: Decision, mapper: Mapper) -> Iterator[Unused]:
    """The Observations that leave one of these gaps when read on their own."""
    evaluation = decision.evaluation
    if not any(gap.kind in WHY for gap in evaluation.gaps):
        return
    for resource in observations:
        page = read_page(msgspec.json.encode(resource))
        alone = Gathered(decision.subject.patient_id, resources=page.resources, unreadable=page.unreadable)
        gaps = [gap for gap in mapper.mapped(alone, evaluation.as_of).facts.gaps if gap.kind in WHY]
        if gaps:
            yield _unused(resource, gaps[0], evaluation.zone)


def _unused(resource: Json, gap: Gap, zone: tzinfo) -> Unused:
    why = WHY[gap.kind] if gap.kind is not GapKind.UNUSABLE_STATUS else f"{WHY[gap.kind]} {resource.get('status')}"
    written = resource.get("effectiveDateTime") or resource.get("effectivePeriod", {}).get("end", "")
    read = parse_when(written, zone)
    time = when(read.moment, zone) if read else written
    return Unused(_text(resource["code"]), _value(resource), time, why, f"Observation/{resource['id']}")


def _value(resource: Json) -> str:
    """The value as recorded; for a panel its parts."""
    parts = (f"{_text(part['code'])} {_value(part)}" for part in resource.get("component", ()))
    own = next((_written(value) for name, value in resource.items() if name.startswith("value")), "")
    return ", ".join(filter(None, (own, *parts)))


def _written(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return _text(value) or " ".join(str(value[name]) for name in ("comparator", "value", "unit") if name in value)


def _text(concept: Json) -> str:
    """A concept in words: its text, else a display, else a code."""
    codings = concept.get("coding", ())
    found = (coding.get(name) for name in ("display", "code") for coding in codings)
    return str(concept.get("text") or next(filter(None, found), ""))
