"""An answer as a CDS Hooks response: the last step, in which cards and evaluation become JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.clinical.assess import Answer
from cds_service.rendering.card import Card, Presentation, Suggestion
from cds_service.rendering.wire.evaluation import answer_json

Json = dict[str, Any]
EXTENSION = "example.icans-cds.evaluation"


@dataclass(frozen=True, slots=True)
class ResponseWriter:
    """Writes responses. `codes`: our codes in `system`, with displays. `source_url`: the page on the sources of cards.

    `knowledge`: the fingerprint of the tables on which answers are based.
    """

    presentation: Presentation
    system: str
    codes: Mapping[str, str]
    source_url: str
    knowledge: str

    def response(
        self, answer: Answer, cards: tuple[Card, ...], action: Callable[[Suggestion], Json], data_use: Json
    ) -> Json:
        """The response. `action` writes the action of a suggestion; `data_use`: what became of the data."""
        evaluation = answer_json(answer, cards, self.presentation, self.knowledge, data_use)
        return {"cards": [self._card(card, action) for card in cards], "extension": {EXTENSION: evaluation}}

    def _card(self, card: Card, action: Callable[[Suggestion], Json]) -> Json:
        wording = self.presentation.wording
        written: Json = {
            "uuid": card.uuid,
            "summary": card.summary,
            "detail": card.detail,
            "indicator": card.indicator.value,
            "source": {
                "label": wording.say(f"{card.kind}.card.source"),
                "url": self.source_url,
                "topic": {"system": self.system, "code": card.topic, "display": self.codes[card.topic]},
            },
            "overrideReasons": [self._reason(code) for code in wording.behaviour.override_reasons],
        }
        if card.links:
            written["links"] = [{"label": link.label, "url": link.url, "type": "absolute"} for link in card.links]
        if card.suggestions:
            written["suggestions"] = [_suggestion(one, action(one)) for one in card.suggestions]
            written["selectionBehavior"] = wording.behaviour.selection_behavior
        return written

    def _reason(self, code: str) -> Json:
        display = self.presentation.wording.say(f"overrides.reason.{code}")
        return {"code": code, "system": self.system, "display": display}


def _suggestion(suggestion: Suggestion, action: Json) -> Json:
    """A suggestion with exactly one action: an EHR may show only the action's description."""
    recommended = {"isRecommended": True} if suggestion.recommended else {}
    return {"uuid": suggestion.uuid, "label": suggestion.label, **recommended, "actions": [action]}
