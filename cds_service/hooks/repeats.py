"""Applies the repeat policy: a card that a user has already answered is shown less urgently (docs/contract.md 4)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cds_service.adapters.alert_memory import AlertMemory, Impression
from cds_service.adapters.clients import Client
from cds_service.clinical.order_checks.alert import basis_of_orders
from cds_service.clinical.status.basis import basis_of, canonical
from cds_service.decision import Decision
from cds_service.errors import StoreUnavailableError
from cds_service.hooks.schemas import HookRequest
from cds_service.rendering.card import Card
from cds_service.rendering.repetition import Answered, RepeatPolicy
from cds_service.rendering.words.view import Clock
from cds_service.rendering.words.wording import Wording

log = logging.getLogger(__name__)


class ForUser(NamedTuple):
    """A card as shown to one user, and the record to keep of it."""

    card: Card
    impression: Impression


@dataclass(frozen=True, slots=True)
class Repeats:
    """The policy, the memory that it needs, and its texts."""

    memory: AlertMemory
    policy: RepeatPolicy
    wording: Wording

    def for_user(self, decision: Decision, request: HookRequest, client: Client) -> Iterator[ForUser]:
        """Each card, one step less urgent if this user has already answered the same card about the same patient."""
        whose = self.memory.whose(client.realm, request.patient_id, request.user_id)
        answers = self._answers(whose)
        clock = Clock(decision.evaluation.as_of, decision.evaluation.zone)
        for card in decision.cards:
            mark = self.memory.mark(whose, *_rests_on(card, decision, request))
            yield ForUser(self._by_policy(card, mark, answers, clock), Impression(card.uuid, whose, mark))

    def _by_policy(self, card: Card, mark: str, answers: Iterable[Answered], clock: Clock) -> Card:
        indicator, repetition = self.policy.step(card), self.policy.repetition(mark, answers)
        if indicator is None or repetition is None or clock.now > repetition.until:
            return card
        return repetition.quieter(card, indicator, self.wording, clock)

    def _answers(self, whose: str) -> tuple[Answered, ...]:
        """The user's earlier answers; without the store none, so that every card has its full urgency."""
        try:
            return self.memory.answers(whose)
        except StoreUnavailableError as error:
            log.error("repeated cards cannot be recognised: %s", error)  # noqa: TRY400  (no traceback)
            return ()


def _rests_on(card: Card, decision: Decision, request: HookRequest) -> Iterator[str]:
    """What must be equal for a card to be a repeat (contract.md 4): its identity, indicator, basis and orders.

    The indicator, because a warning that was information before is news. The service, because a card overridden when
    an order was selected is shown again, with full urgency, when the order is signed.
    """
    answer = decision.answer
    yield f"{answer.occasion.service} {card.topic} {card.indicator.value}"
    yield basis_of(answer.evaluation)
    yield canonical(basis_of_orders(answer.alerts, answer.unjudged, request.draft_orders))
