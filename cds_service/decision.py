"""From gathered resources to the answer: map, evaluate, render. Pure, and the only way to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cds_service.clinical.assess import Answer, assess
from cds_service.clinical.facts.occasion import Occasion
from cds_service.clinical.facts.patient import PatientFacts
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.guideline import Protocol
from cds_service.fhir_mapping.data_use import DataUse
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.terminology import Terminology
from cds_service.fhir_mapping.write.data_use import data_use_json
from cds_service.fhir_mapping.write.resources import Description, Subject, action_for
from cds_service.rendering.card import Card, Suggestion
from cds_service.rendering.cards import cards_of
from cds_service.rendering.wire.response import ResponseWriter

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is known and advised about one patient at one moment, and the cards that present it.

    `facts`: as read from the record. `subject`: the patient whom suggestions are for, and the drafts that they change.
    `knowledge`: the fingerprint of the tables. `milliseconds`: how long the steps before it took, measured by the
    caller; there is no clock in here. `data_use`: what became of the data that the facts were read from.
    """

    facts: PatientFacts
    answer: Answer
    cards: tuple[Card, ...]
    subject: Subject
    knowledge: str
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    data_use: DataUse = field(default_factory=DataUse)

    @property
    def evaluation(self) -> Evaluation:
        """The patient's status."""
        return self.answer.evaluation


@dataclass(frozen=True, slots=True)
class Decider:
    """Everything that a decision needs besides the patient, and the writer of its response; created once at startup."""

    mapper: Mapper
    protocol: Protocol
    terminology: Terminology
    writer: ResponseWriter

    @property
    def knowledge(self) -> str:
        """The fingerprint of the tables on which decisions are based."""
        return self.writer.knowledge

    def decide(self, gathered: Gathered, as_of: datetime, call: Call, new_uuid: Callable[[], str]) -> Decision:
        """The decision on what was gathered and asked, as of a moment."""
        facts, use = self.mapper.mapped(gathered, as_of)
        occasion = self.mapper.occasion(call, gathered, as_of)
        subject = Subject(gathered.patient_id, gathered.encounter_id, as_of, call.drafts.sent)
        return replace(self.answer(facts, occasion, subject, new_uuid), data_use=use)

    def answer(
        self, facts: PatientFacts, occasion: Occasion, subject: Subject, new_uuid: Callable[[], str]
    ) -> Decision:
        """The decision about a patient on an occasion, at the moment of the subject."""
        answer = assess(facts, occasion, subject.as_of, self.protocol)
        cards = tuple(card.identified(new_uuid) for card in cards_of(answer, self.writer.presentation))
        return Decision(facts, answer, cards, subject, self.knowledge)

    def response(self, decision: Decision) -> Json:
        """A decision in the form in which it is sent."""

        def action(suggestion: Suggestion) -> Json:
            description = Description(suggestion.description or suggestion.label, suggestion.text)
            return action_for(suggestion.offer, description, decision.subject, self.terminology)

        return self.writer.response(decision.answer, decision.cards, action, data_use_json(decision.data_use))
