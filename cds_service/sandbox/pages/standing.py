"""A patient's place on the worklist: the present grade, its trend, and who needs attention first."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.grading.history import Trend
from cds_service.decision import Decision
from cds_service.sandbox.pages.steps import Step
from cds_service.sandbox.pages.words import grade_in_words

# Worst first. An unknown grade may be any: it ranks above an exact 0, or at the last known grade if there is one.
TRENDS = (Trend.WORSENING, Trend.NEW, Trend.STABLE, Trend.IMPROVING, Trend.RESOLVED)
_NO_CARD, _UNKNOWN, _REFUSED = -1.0, 0.5, 5.0


class Rank(NamedTuple):
    """The order of attention: by grade, then by trend; higher first."""

    grade: float
    trend: int = 0


class Standing(NamedTuple):
    """`grade` and `trend` in words, empty if nothing is graded; patients with a higher `rank` come first."""

    grade: str
    trend: str
    rank: Rank


def standing_of(decision: Decision | None) -> Standing:
    """From the answer about a patient; None if the service refused, which must be treated as the worst case."""
    if decision is None:
        return Standing("", "", Rank(_REFUSED))
    if not decision.cards:
        return Standing("", "", Rank(_NO_CARD))
    history, trend = decision.evaluation.history, decision.evaluation.trend or ""
    now, known = Step.of(history.now), Step.of(history.last_known) if history.last_known else None
    grade, value = grade_in_words(now), _value(now)
    if value is None and known is not None:
        grade, value = f"{grade}; last {grade_in_words(known)}", _value(known)
    place = TRENDS.index(trend) if trend in TRENDS else len(TRENDS)
    return Standing(grade, trend, Rank(_UNKNOWN if value is None else max(value, _least(now)), -place))


def _value(step: Step) -> float | None:
    return step.lo if step.attributed is None else step.attributed


def _least(step: Step) -> float:
    """The lowest possible grade for ranking; only a known grade can be 0."""
    return _UNKNOWN if step.hi else 0.0
