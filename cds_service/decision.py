"""From gathered resources to the answer: map, evaluate, render. Pure, and the only path there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cds_service.clinical.facts.occasion import Occasion
from cds_service.clinical.order_checks.alert import Answer, CheckContext
from cds_service.clinical.order_checks.checks import alerts_of
from cds_service.clinical.order_checks.unjudged import unjudged_orders
from cds_service.clinical.status.evaluation import Evaluation, Protocol, evaluate
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.mapper import Mapper
from cds_service.fhir_mapping.orders.drafts import Call
from cds_service.fhir_mapping.terminology import ICANS, ValueSet
from cds_service.fhir_mapping.write.actions import Description, action_for
from cds_service.fhir_mapping.write.resources import Subject
from cds_service.rendering.card import Card, Presentation, Suggestion
from cds_service.rendering.cards import cards_of
from cds_service.rendering.wire.evaluation import answer_json

Json = dict[str, Any]
EXTENSION = "example.icans-cds.evaluation"
SOURCE_URL = "https://doi.org/10.1016/j.bbmt.2018.12.758"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is known and advised about one patient at one moment, and the answer that says so.

    `milliseconds`: how long the steps to it took, by whoever called; nothing in here has a clock.
    """

    evaluation: Evaluation
    response: Json
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decider:
    """Everything that a decision needs besides the patient; made once at start.

    `codes`: ours, with displays. `source_url`: where a reader learns what a card rests on.
    """

    mapper: Mapper
    protocol: Protocol
    presentation: Presentation
    value_sets: dict[str, ValueSet]
    codes: Mapping[str, str]
    knowledge: str
    source_url: str = SOURCE_URL

    def decide(self, gathered: Gathered, as_of: datetime, call: Call, new_uuid: Callable[[], str]) -> Decision:
        """Cards, findings and evaluation for what was gathered and asked, as of a moment."""
        facts = self.mapper.patient_facts(gathered, as_of)
        evaluation = evaluate(facts, as_of, self.protocol)
        occasion = self.mapper.occasion(call, gathered, as_of)
        subject = Subject(gathered.patient_id, gathered.encounter_id, as_of, call.drafts.sent)
        return Decision(evaluation, self.answer(evaluation, occasion, subject, new_uuid))

    def answer(self, evaluation: Evaluation, occasion: Occasion, subject: Subject, new_uuid: Callable[[], str]) -> Json:
        """The answer that tells an evaluation: cards, and the evaluation itself with its findings as an extension."""
        context = CheckContext(evaluation, occasion, self.protocol)
        alerts = alerts_of(context)
        answer = Answer(evaluation, occasion, alerts, unjudged_orders(context, alerts))
        cards = [self._card(card, subject, new_uuid) for card in cards_of(answer, self.presentation)]
        return {"cards": cards, "extension": {EXTENSION: answer_json(answer, self.presentation, self.knowledge)}}

    def _card(self, card: Card, subject: Subject, new_uuid: Callable[[], str]) -> Json:
        wording = self.presentation.wording
        reasons = wording.behaviour.override_reasons
        answer: Json = {
            "uuid": new_uuid(),
            "summary": card.summary,
            "detail": card.detail,
            "indicator": card.urgency.indicator.value,
            "source": {
                "label": wording.say(f"{card.kind}.card.source"),
                "url": self.source_url,
                "topic": {"system": ICANS, "code": card.topic, "display": self.codes[card.topic]},
            },
            "overrideReasons": [
                {"code": code, "system": ICANS, "display": wording.say(f"overrides.reason.{code}")} for code in reasons
            ],
        }
        if card.links:
            answer["links"] = [{"label": label, "url": url, "type": "absolute"} for label, url in card.links]
        if card.suggestions:
            answer["suggestions"] = [self._suggestion(each, subject, new_uuid) for each in card.suggestions]
            answer["selectionBehavior"] = wording.behaviour.selection_behavior
        return answer

    def _suggestion(self, suggestion: Suggestion, subject: Subject, new_uuid: Callable[[], str]) -> Json:
        """One action each: an EHR may show nothing but its description."""
        action = action_for(suggestion.offer, Description(suggestion.label, suggestion.text), subject, self.value_sets)
        return {"uuid": new_uuid(), "label": suggestion.label, "actions": [action]}
