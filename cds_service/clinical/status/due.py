"""Time and kind of the next assessment (rule G5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from cds_service.clinical.course import measurements
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import CAPD, CONSCIOUSNESS, ICE
from cds_service.clinical.course.doubt import Doubt
from cds_service.clinical.grading import icans, seizure
from cds_service.clinical.grading.domain import Concern, Domain
from cds_service.clinical.grading.gaps import not_understood
from cds_service.clinical.grading.history import History, Trend
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.grade import UNGRADED
from cds_service.clinical.tables.vocabulary import DueKind


class Due(NamedTuple):
    """The next assessment. `now`: it would narrow the grade, or its time has passed.

    `by_interval`: the time by the interval alone, from which overdue counts; None if there is nothing to count from.
    `bring_in`: a symptom of rule D2 has not been followed by a score, and the patient is at home.
    """

    at: datetime
    kind: DueKind
    now: bool
    by_interval: datetime | None
    bring_in: bool

    @property
    def is_score(self) -> bool:
        """Whether an ICE or CAPD is due, and not a neurological check."""
        return self.kind is not DueKind.NEUROLOGICAL_CHECK


def due_of(chart: Chart, history: History, trend: Trend | None, doubts: tuple[Doubt, ...]) -> Due | None:
    """The next assessment; None if nothing was graded or there is nothing to count from. `doubts`: the current ones."""
    now = history.now
    if now.score is None or now.arousal is None:
        return None
    no_score = _no_score_possible(chart, history)
    by_interval = _by_interval(chart, history, trend, arousal_only=no_score)
    score_open = not no_score and now.score.range.hi > now.all.lo and not icans.is_of_two_instruments(chart, now)
    arousal_open = not chart.sedation.at(now.time) and now.arousal.range.hi > now.all.lo
    passed = no_score if by_interval is None else by_interval <= now.time
    is_now = score_open or arousal_open or passed
    if by_interval is None and not is_now:
        return None
    checked = no_score or (arousal_open and not score_open)
    kind = DueKind.NEUROLOGICAL_CHECK if checked else DueKind(now.score.name)
    at = min(now.time, by_interval or now.time) if is_now else by_interval or now.time
    unanswered = bool(doubts) and _unanswered(now.score)
    return Due(at, kind, is_now, by_interval, bring_in=unanswered and chart.facts.ambulatory)


def overdue_by(chart: Chart, due: Due | None, moment: datetime, reason: Attention) -> timedelta | None:
    """How long an assessment is overdue; None unless that exceeds the limit, in a patient who always gets a card.

    What was charted and is not understood is an assessment too: nobody can say that it is overdue.
    """
    rules = chart.rules.decisions.course
    allowed = rules.overdue_ambulatory if chart.facts.ambulatory else rules.overdue
    if reason is not Attention.ALWAYS or due is None or due.by_interval is None:
        return None
    charted = (not_understood(chart, name, due.by_interval, moment) for name in (ICE, CAPD, CONSCIOUSNESS))
    late = moment - max((due.by_interval, *(answer.time for answer in charted if answer)))
    return late if late > allowed else None


def _no_score_possible(chart: Chart, history: History) -> bool:
    """Whether the patient is unarousable, sedated or ventilated, or has too low a baseline for a score (rule A7)."""
    now = history.now
    coma = now.arousal is not None and now.arousal.range.lo == UNGRADED.hi
    useless = now.score is not None and now.score.name == ICE and icans.is_unusable(chart, now.time)
    return bool(coma or useless or chart.sedation.at(now.time) or measurements.is_ventilated(chart, now.time))


def _by_interval(chart: Chart, history: History, trend: Trend | None, *, arousal_only: bool) -> datetime | None:
    """The time by the interval: counted from the last score, usable or not, or from the last reading of arousal."""
    moment, start = history.now.time, chart.course.start if chart.course else None
    times = chart.arousal_times if arousal_only else chart.score_times
    since = max((time for time in times if time <= moment), default=None if arousal_only else start)
    return None if since is None else since + _interval(chart, history, trend, arousal_only=arousal_only)


def _interval(chart: Chart, history: History, trend: Trend | None, *, arousal_only: bool) -> timedelta:
    """By the present grade, else the last known one; shorter for a new grade 1 and soon after a seizure."""
    rules = chart.rules.decisions.course
    known = history.last_known.known_grade if history.last_known else None
    grade = history.now.grade if history.now.grade is not None else known
    if grade is None and arousal_only:
        usual = rules.check_unknown
    elif not grade and chart.facts.ambulatory:
        usual = rules.due_ambulatory
    else:
        usual = rules.due[grade or 0]
    return min(usual, rules.due_watched) if _is_watched(chart, history, trend) else usual


def _is_watched(chart: Chart, history: History, trend: Trend | None) -> bool:
    recent = chart.seizures.within(chart.rules.decisions.course.watched_after_seizure, history.now.time)
    return (history.now.grade == 1 and trend == Trend.NEW) or any(one.kind != seizure.NONE for one in recent)


def _unanswered(score: Domain) -> bool:
    """Whether a symptom has not been followed by a score: the score is in doubt, or none is current."""
    return score.time is None or score.concern in (Concern.DOUBTED, Concern.STALE, Concern.NOT_RECORDED)
