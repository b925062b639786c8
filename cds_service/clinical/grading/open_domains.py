"""Why a domain leaves the grade open: missing, old or doubtful data."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.consciousness import Scale
from cds_service.clinical.facts.gap import UnknownAnswer
from cds_service.clinical.grading.domain import Concern, Domain, Icans
from cds_service.clinical.grading.gaps import UnreadScore, not_understood


class Why(StrEnum):
    """The reason, in the words of the texts (cards/<language>/status.toml, `reason`)."""

    SEDATED = "under-sedation"
    BIRTH_DATE_MISSING = "birth-date-missing"
    BIRTH_DATE_PARTIAL = "birth-date-partial"
    DOSE_DAY = "dose-day"
    SCORE_MISSING = "score-missing"
    SCORE_UNREADABLE = "score-unreadable"
    SCORE_IMPLAUSIBLE = "score-implausible"
    SCORE_STALE = "score-stale"
    SCORE_DOUBTED = "score-doubted"
    SCORE_UNUSABLE = "score-unusable"
    SCORE_INCOMPLETE = "score-incomplete"
    AROUSAL_MISSING = "arousal-missing"
    AROUSAL_NOT_UNDERSTOOD = "arousal-not-understood"
    AROUSAL_STALE = "arousal-stale"
    AROUSAL_DIFFERING = "arousal-differing"
    AROUSAL_DOUBTFUL = "arousal-doubtful"
    RE_EXAMINE = "re-examine"
    UNREAD = "unread"
    NOT_UNDERSTOOD = "not-understood"


class OpenDomain(NamedTuple):
    """A domain whose range is more than one grade, and why; `answer`: the one that was charted and not understood."""

    domain: Domain
    why: Why
    answer: UnknownAnswer | None = None


_WHY_SCORE = {
    Concern.STALE: Why.SCORE_STALE,
    Concern.DOSE_DAY: Why.DOSE_DAY,
    Concern.BASELINE: Why.SCORE_UNUSABLE,
}


def open_domains(chart: Chart, icans: Icans, unread: UnreadScore | None) -> tuple[OpenDomain, ...]:
    """In the order of the domains; `unread`: why a recorded score could not be used."""
    return tuple(_open(chart, icans, unread))


def _open(chart: Chart, icans: Icans, unread: UnreadScore | None) -> Iterator[OpenDomain]:
    for domain in icans.domains:
        why = _why(chart, icans, domain, unread) if domain.range.lo != domain.range.hi else None
        if why is not None:
            yield OpenDomain(domain, why, _answer(chart, icans, domain, why))


def _answer(chart: Chart, icans: Icans, domain: Domain, why: Why) -> UnknownAnswer | None:
    is_charted = why in (Why.AROUSAL_NOT_UNDERSTOOD, Why.NOT_UNDERSTOOD)
    return not_understood(chart, domain.name, domain.time, icans.time) if is_charted else None


def _why(chart: Chart, icans: Icans, domain: Domain, unread: UnreadScore | None) -> Why | None:
    if domain.concern is Concern.SEDATED:
        return Why.SEDATED
    if domain is icans.score:
        return _score(chart, domain, unread)
    if domain is icans.arousal:
        return _arousal(chart, icans, domain)
    if domain.concern is Concern.UNREAD:
        return Why.NOT_UNDERSTOOD if not_understood(chart, domain.name, domain.time, icans.time) else Why.UNREAD
    return Why.RE_EXAMINE if domain.concern is Concern.STALE and domain.time is not None else None


def _score(chart: Chart, domain: Domain, unread: UnreadScore | None) -> Why:
    if domain.concern is Concern.BIRTH_DATE:
        return Why.BIRTH_DATE_PARTIAL if chart.facts.birth else Why.BIRTH_DATE_MISSING
    if domain.concern is Concern.NOT_RECORDED or domain.time is None:
        return Why(f"score-{unread}") if unread else Why.SCORE_MISSING
    if domain.concern is None:
        return Why.SCORE_INCOMPLETE
    return _WHY_SCORE.get(domain.concern, Why.SCORE_DOUBTED)


def _arousal(chart: Chart, icans: Icans, domain: Domain) -> Why:
    is_open = domain.time is None or domain.concern is Concern.STALE
    if is_open and not_understood(chart, domain.name, domain.time, icans.time):
        return Why.AROUSAL_NOT_UNDERSTOOD
    if domain.time is None:
        return Why.AROUSAL_MISSING
    if domain.concern is Concern.STALE:
        return Why.AROUSAL_STALE
    if not domain.range.lo and chart.is_dose_day(domain.time):
        return Why.DOSE_DAY
    return Why.AROUSAL_DIFFERING if domain.scale == Scale.ASTCT else Why.AROUSAL_DOUBTFUL
