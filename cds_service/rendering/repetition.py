"""The repeat policy: a card that the user has already answered is shown one step less urgently, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.tables.vocabulary import Indicator
from cds_service.rendering.card import Card
from cds_service.rendering.topics import Topic
from cds_service.rendering.words.view import Clock
from cds_service.rendering.words.wording import Wording


class Answered(NamedTuple):
    """A user's answer to a card, its time, and a mark of the card's basis."""

    mark: str
    outcome: str
    time: datetime


class Repetition(NamedTuple):
    """A repeat: which answer of the user it follows, and until when."""

    until: datetime
    answer: Answered

    def quieter(self, card: Card, indicator: Indicator, wording: Wording, clock: Clock) -> Card:
        """The card with this indicator, and the reason above everything else."""
        times = {"time": clock.show(self.answer.time), "until": clock.show(self.until)}
        key = f"repetition.note.{self.answer.outcome}"
        note = wording.say(key, indicator=indicator.value, before=card.indicator.value, **times)
        return replace(card, quieter=indicator, detail=f"{note}\n\n{card.detail}")


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """cards/repetition.toml. A critical card always keeps its urgency, whatever the table says."""

    window: Mapping[str, timedelta]
    quieter: Mapping[Indicator, Indicator]
    never: frozenset[Topic]

    @property
    def longest(self) -> timedelta:
        """The longest time for which an answer can matter."""
        return max(self.window.values())

    def step(self, card: Card) -> Indicator | None:
        """The less urgent indicator of a card; None if its urgency does not change."""
        loud = card.indicator.is_highest or card.topic in self.never
        return None if loud else self.quieter.get(card.indicator)

    def repetition(self, mark: str, answers: Iterable[Answered]) -> Repetition | None:
        """The repeat of the answer that counts longest; None if the card was never answered."""
        found = [Repetition(one.time + self.window[one.outcome], one) for one in answers if one.mark == mark]
        return max(found, default=None)
