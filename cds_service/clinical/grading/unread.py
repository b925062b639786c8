"""What was recorded of the nervous system and could not be used: somebody has to read it in the chart."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.concepts import domain_of
from cds_service.clinical.facts.gap import Gap, GapKind, UnusableStatus
from cds_service.clinical.grading.domain import Icans

KINDS = frozenset(
    {GapKind.UNREADABLE, GapKind.UNUSABLE_STATUS, GapKind.UNKNOWN_UNIT, GapKind.IMPLAUSIBLE, GapKind.FUTURE}
)
# Somebody took it back, so nobody needs to look for it.
WITHDRAWN = frozenset({UnusableStatus.ENTERED_IN_ERROR, UnusableStatus.CANCELLED})


class UnreadScore(StrEnum):
    """How a score that came could not be used."""

    UNREADABLE = "unreadable"
    IMPLAUSIBLE = "implausible"


class Unread(NamedTuple):
    """`domains`: those with a record that could not be used. `score`: only where no score could be used at all."""

    domains: tuple[str, ...]
    score: UnreadScore | None


_SCORE = {
    GapKind.UNREADABLE: UnreadScore.UNREADABLE,
    GapKind.UNKNOWN_UNIT: UnreadScore.UNREADABLE,
    GapKind.IMPLAUSIBLE: UnreadScore.IMPLAUSIBLE,
}


def unread(icans: Icans, gaps: Iterable[Gap]) -> Unread:
    """What of the gaps is neurological and might have counted."""
    known = tuple(gaps)
    domains = (domain_of(gap.concept) for gap in known if is_unread(gap))
    return Unread(tuple(dict.fromkeys(filter(None, domains))), _unread_score(icans, known))


def is_unread(gap: Gap) -> bool:
    """Whether something neurological was recorded that might have counted."""
    return gap.kind in KINDS and gap.detail not in WITHDRAWN and domain_of(gap.concept) is not None


def _unread_score(icans: Icans, gaps: Iterable[Gap]) -> UnreadScore | None:
    score = icans.score
    if score is None or score.time is not None:
        return None
    kinds = {gap.kind for gap in gaps if domain_of(gap.concept) == score.name}
    return next((told for kind, told in _SCORE.items() if kind in kinds), None)
