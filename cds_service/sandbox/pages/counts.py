"""The outcomes of the cards that the service has shown, counted by topic and by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cds_service.adapters.feedback_store import UNKNOWN, Tally
from cds_service.hooks.feedback import ACCEPTED, OVERRIDDEN
from cds_service.rendering.wire.response import ResponseWriter

NO_REASON, ONLY_A_COMMENT = "Dismissed without a reason", "Only a comment, which is not kept"


class TopicCount(NamedTuple):
    """The outcomes of the cards of one topic, in words."""

    topic: str
    shown: int
    accepted: int
    overridden: int


class ReasonCount(NamedTuple):
    """How often cards of one topic were overridden for one reason, both in words."""

    topic: str
    reason: str
    cards: int


class Counts(NamedTuple):
    """The most frequent first. `unknown`: cards with feedback that were not shown to the sender of the feedback."""

    topics: tuple[TopicCount, ...]
    reasons: tuple[ReasonCount, ...]
    unknown: int


def counts_of(tallies: Iterable[Tally], writer: ResponseWriter) -> Counts:
    """The tallies of the store, with the words of the cards."""
    found = tuple(tallies)
    known = [tally for tally in found if tally.certainty != UNKNOWN]
    return Counts(
        tuple(_by_topic(known, writer.codes)),
        tuple(_by_reason(known, writer)),
        sum(tally.cards for tally in found if tally.certainty == UNKNOWN),
    )


def reasons_of(writer: ResponseWriter) -> dict[str, str]:
    """The override reasons that every card offers: code and text."""
    wording = writer.presentation.wording
    return {code: wording.say(f"overrides.reason.{code}") for code in wording.behaviour.override_reasons}


def _by_topic(tallies: Iterable[Tally], displays: Mapping[str, str]) -> Iterator[TopicCount]:
    shown: Counter[str] = Counter()
    ended: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        shown[tally.topic] += tally.cards
        ended[tally.topic, tally.outcome] += tally.cards
    for topic, cards in shown.most_common():
        yield TopicCount(displays[topic], cards, ended[topic, ACCEPTED], ended[topic, OVERRIDDEN])


def _by_reason(tallies: Iterable[Tally], writer: ResponseWriter) -> Iterator[ReasonCount]:
    counted: Counter[tuple[str, str]] = Counter()
    reasons = reasons_of(writer)
    for tally in tallies:
        if tally.outcome == OVERRIDDEN:
            counted[writer.codes[tally.topic], _why(tally, writer.system, reasons)] += tally.cards
    for (topic, reason), cards in counted.most_common():
        yield ReasonCount(topic, reason, cards)


def _why(tally: Tally, system: str, reasons: Mapping[str, str]) -> str:
    """The reason in words; a code that is not one of ours is shown as sent."""
    if tally.reason:
        return reasons.get(tally.reason, tally.reason) if tally.reason_system == system else tally.reason
    return ONLY_A_COMMENT if tally.commented else NO_REASON
