"""The repeat policy, read from its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources.abc import Traversable
from pathlib import Path

from cds_service.clinical.tables.vocabulary import Indicator
from cds_service.errors import KnowledgeError
from cds_service.knowledge.tables import read_table
from cds_service.knowledge.wording import CARDS
from cds_service.rendering.repetition import RepeatPolicy
from cds_service.rendering.topics import Topic

REPETITION = "repetition.toml"
OUTCOMES = {"accepted", "overridden"}


@dataclass(frozen=True, slots=True)
class _NeverTable:
    topics: frozenset[Topic]


@dataclass(frozen=True, slots=True)
class _RepetitionTable:
    """cards/repetition.toml."""

    window: dict[str, timedelta]
    quieter: dict[Indicator, Indicator]
    never: _NeverTable


def load_repeat_policy(source: Traversable | Path = CARDS / REPETITION) -> RepeatPolicy:
    """The policy. Raises KnowledgeError if it is unsafe or invalid."""
    table = read_table(source, _RepetitionTable)
    wrong = list(_wrong_in(table))
    if wrong:
        raise KnowledgeError(f"{source.name}: {'; '.join(wrong)}")
    return RepeatPolicy(table.window, table.quieter, table.never.topics)


def _wrong_in(table: _RepetitionTable) -> Iterator[str]:
    if set(table.window) != OUTCOMES:
        yield f"window: needs each of {', '.join(sorted(OUTCOMES))}, and nothing else"
    if any(span <= timedelta() for span in table.window.values()):
        yield "window: must be longer than 0"
    if any(loud.is_highest or quiet >= loud for loud, quiet in table.quieter.items()):
        yield "quieter: only a warning can be made quieter, and only to info"
