"""The repeat-alert policy: the same card for the user who has answered it comes one step quieter, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cds_service.clinical.tables.indicator import Indicator
from cds_service.rendering.words.clock import Clock
from cds_service.rendering.words.wording import Wording

Json = dict[str, Any]


class Answered(NamedTuple):
    """That a user accepted or overrode a card, when, and a mark of what the card rested on."""

    mark: str
    outcome: str
    time: datetime


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """cards/repetition.toml. What is critical is never made quieter, whatever the table says."""

    window: Mapping[str, timedelta]
    quieter: Mapping[str, str]
    never: frozenset[str]

    @property
    def longest(self) -> timedelta:
        """For how long an answer can matter."""
        return max(self.window.values())

    def step(self, card: Json) -> str | None:
        """The quieter indicator of a card; None for one that comes back as it is."""
        loud = Indicator(card["indicator"]).is_highest or card["source"]["topic"]["code"] in self.never
        return None if loud else self.quieter.get(card["indicator"])

    def until(self, mark: str, answers: Iterable[Answered]) -> tuple[datetime, Answered] | None:
        """Until when a card is a repetition, and of which answer; None if it never was answered."""
        ends = [(one.time + self.window[one.outcome], one) for one in answers if one.mark == mark]
        return max(ends, default=None)


def one_step_quieter(card: Json, until: datetime, answer: Answered, said: tuple[str, Wording, Clock]) -> Json:
    """The card one step quieter, with the reason above everything else."""
    indicator, wording, clock = said
    times = {"time": clock.show(answer.time), "until": clock.show(until)}
    note = wording.say(f"repetition.note.{answer.outcome}", indicator=indicator, before=card["indicator"], **times)
    return card | {"indicator": indicator, "detail": f"{note}\n\n{card['detail']}"}
