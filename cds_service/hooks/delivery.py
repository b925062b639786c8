"""Delivery of a decision: applies the repeat policy and silent mode, and records what was shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from cds_service.adapters.alert_memory import Impression
from cds_service.adapters.clients import Client
from cds_service.adapters.feedback_store import FeedbackStore, ShownCard
from cds_service.decision import Decision
from cds_service.errors import BrokenAnswerError, StoreUnavailableError
from cds_service.hooks.contexts import is_clinician
from cds_service.hooks.repeats import Repeats
from cds_service.hooks.schemas import HookRequest, wrong_in_response
from cds_service.rendering.card import Card

Json = dict[str, Any]
log = logging.getLogger(__name__)


class Delivered(NamedTuple):
    """The response as sent; `cards` lists them even if they are not shown; `quieter` of them are repeats.

    `remembered`: the cards are stored, so that feedback on them can be matched.
    """

    response: Json
    cards: tuple[Card, ...]
    shown: bool
    quieter: int = 0
    remembered: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivers decisions. `response` writes a decision as it is sent.

    `repeats` None: the policy is off. `silent`: services that show no cards to anyone.
    """

    response: Callable[[Decision], Json]
    store: FeedbackStore
    repeats: Repeats | None = None
    silent: frozenset[str] = field(default_factory=frozenset)

    def deliver(self, decision: Decision, request: HookRequest, client: Client) -> Delivered:
        """The response for this user. Raises BrokenAnswerError if it does not conform to the specification."""
        service = decision.answer.occasion.service
        if service in self.silent or client.is_silent(service) or not is_clinician(request.user_id):
            return Delivered(self._checked(decision) | {"cards": []}, decision.cards, shown=False)
        repeats = tuple(self.repeats.for_user(decision, request, client)) if self.repeats else ()
        adapted = replace(decision, cards=tuple(one.card for one in repeats)) if repeats else decision
        response = self._checked(adapted)
        remembered = self._remember(tuple(_shown(adapted, client.name)), [one.impression for one in repeats])
        quieter = sum(card.quieter is not None for card in adapted.cards)
        return Delivered(response, adapted.cards, shown=True, quieter=quieter, remembered=remembered)

    def _checked(self, decision: Decision) -> Json:
        response = self.response(decision)
        wrong = wrong_in_response(response)
        if wrong:
            log.error("an answer does not obey the specification: %s", sorted(wrong))
            raise BrokenAnswerError("An unexpected error occurred.")
        return response

    def _remember(self, cards: tuple[ShownCard, ...], impressions: list[Impression]) -> bool:
        """Whether the cards could be stored; the clinician gets them in any case."""
        try:
            self.store.remember(cards, impressions)
        except StoreUnavailableError as error:
            log.error("cards are shown but not stored, so feedback on them cannot be matched: %s", error)  # noqa: TRY400  (no traceback)
            return False
        return True


def _shown(decision: Decision, client: str) -> Iterator[ShownCard]:
    evaluation = decision.evaluation
    for card in decision.cards:
        yield ShownCard(
            card=card.uuid,
            time=evaluation.as_of,
            client=client,
            service=decision.answer.occasion.service,
            topic=card.topic,
            indicator=card.indicator.value,
            certainty=str(evaluation.icans.certainty),
            grade=evaluation.icans.grade,
            knowledge=decision.knowledge,
        )
