"""What becomes of an answer on its way out: how loud it is for this user, whether it is shown, what is kept of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from cds_service.adapters.alert_memory import Impression
from cds_service.adapters.clients import Client
from cds_service.adapters.feedback_store import FeedbackStore, ShownCard
from cds_service.decision import EXTENSION, Decision
from cds_service.errors import BrokenAnswerError, StoreUnavailableError
from cds_service.hooks.repeats import Repeats
from cds_service.hooks.schemas import HookRequest, wrong_in_response

Json = dict[str, Any]
log = logging.getLogger(__name__)
# This is for clinicians (rule U2).
NOT_FOR = ("Patient/", "RelatedPerson/")


class Delivered(NamedTuple):
    """The answer as it leaves; `cards` also where they are not shown; `quieter` of them are repetitions.

    `remembered`: feedback on the cards will be understood.
    """

    answer: Json
    cards: list[Json]
    shown: bool
    quieter: int = 0
    remembered: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """The way out. `repeats` None: the policy is off. `silent`: services that show nothing to anybody."""

    store: FeedbackStore
    repeats: Repeats | None = None
    silent: frozenset[str] = field(default_factory=frozenset)

    def deliver(self, decision: Decision, request: HookRequest, client: Client) -> Delivered:
        """The answer for this user. Raises BrokenAnswerError for one that does not obey the specification."""
        answer, service = decision.response, decision.response["extension"][EXTENSION]["service"]
        if service in self.silent or client.is_silent(service) or request.user_id.startswith(NOT_FOR):
            _check(answer)
            return Delivered(answer | {"cards": []}, answer["cards"], shown=False)
        heard = list(self.repeats.for_user(decision, request, client)) if self.repeats else []
        told = answer | {"cards": [one.card for one in heard]} if heard else answer
        _check(told)
        shown = tuple(_shown(told, client.name, decision.evaluation.as_of))
        remembered = self._remember(shown, [one.impression for one in heard])
        quieter = sum(
            one["indicator"] != was["indicator"] for one, was in zip(told["cards"], answer["cards"], strict=True)
        )
        return Delivered(told, told["cards"], shown=True, quieter=quieter, remembered=remembered)

    def _remember(self, cards: tuple[ShownCard, ...], impressions: list[Impression]) -> bool:
        """Whether it worked; a clinician gets the cards all the same."""
        try:
            self.store.remember(cards, impressions)
        except StoreUnavailableError as error:
            log.error("cards are shown that feedback will not be matched to: %s", error)  # noqa: TRY400  (no traceback)
            return False
        return True


def _check(answer: Json) -> None:
    wrong = wrong_in_response(answer)
    if wrong:
        log.error("an answer does not obey the specification: %s", sorted(wrong))
        raise BrokenAnswerError("An unexpected error occurred.")


def _shown(answer: Json, client: str, time: datetime) -> Iterator[ShownCard]:
    evaluation = answer["extension"][EXTENSION]
    for card in answer["cards"]:
        yield ShownCard(
            card=card["uuid"],
            time=time,
            client=client,
            service=evaluation["service"],
            topic=card["source"]["topic"]["code"],
            indicator=card["indicator"],
            certainty=evaluation["icans"]["certainty"],
            grade=evaluation["icans"].get("grade"),
            knowledge=evaluation["knowledge"],
        )
