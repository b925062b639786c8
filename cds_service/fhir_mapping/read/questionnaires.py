"""From QuestionnaireResponses to findings, by the questionnaire's canonical URL and its linkIds."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from cds_service.clinical.facts.gap import GapKind, Part
from cds_service.clinical.facts.patient import Record
from cds_service.fhir_mapping.data_use import LeftOut, shape_of
from cds_service.fhir_mapping.r4.structs import Answer, Item, QuestionnaireResponse
from cds_service.fhir_mapping.read.collector import Collector, Origin, Unreadable
from cds_service.fhir_mapping.read.observations import refuse, unless_sent, unread_values
from cds_service.fhir_mapping.read.values import ValueReader
from cds_service.fhir_mapping.terminology import Terminology

USABLE = frozenset({"completed", "amended"})


def read_questionnaire(
    response: QuestionnaireResponse, terminology: Terminology, reader: ValueReader, into: Collector
) -> None:
    """Add the answers of a configured questionnaire; others are skipped."""
    canonical = (response.questionnaire or "").split("|")[0]
    concepts = terminology.questionnaires.get(canonical)
    if concepts is None:
        into.unknowns.canonical(canonical)
        _note_unknown(response, canonical, (), into)
        into.leave_out(LeftOut.NOT_UNDERSTOOD)
        return
    _note_unknown(response, canonical, concepts, into)
    name = next(iter(concepts.values()))
    if response.modifierExtension:
        into.gap(name, GapKind.UNREADABLE, Part.MODIFIER)
        return
    if response.status not in USABLE:
        into.gap(name, GapKind.UNUSABLE_STATUS)
        return
    when = into.dated(name, response.authored)
    if when is None:
        return
    source = f"QuestionnaireResponse/{response.id}" if response.id else ""
    unread = unread_values(response.unread)
    known = ((concepts[one.link], one.answer) for one in _answers(response.item) if one.link in concepts)
    recent = ((concept, answer) for concept, answer in known if not into.is_too_old(concept, when.moment))
    for concept, answer in recent:
        finding = Record(when.moment, concept, "", source)
        try:
            value = reader.read(concept, answer)
        except Unreadable as reason:
            refuse(concept, answer, unless_sent(reason, unread), Origin(when.moment, source), into)
        else:
            into.add(finding._replace(**value._asdict()))


def _note_unknown(response: QuestionnaireResponse, canonical: str, known: Container[str], into: Collector) -> None:
    """Note the answered questions that nobody mapped."""
    for one in _answers(response.item):
        if one.link not in known:
            into.unknowns.link(canonical, one.link, shape_of(one.answer))


class _Answered(NamedTuple):
    """An answer, and the linkId of its item."""

    link: str
    answer: Answer


def _answers(items: Iterable[Item]) -> Iterator[_Answered]:
    """Every answer, including nested ones."""
    for item in items:
        for answer in item.answer:
            if item.linkId:
                yield _Answered(item.linkId, answer)
            yield from _answers(answer.item)
        yield from _answers(item.item)
