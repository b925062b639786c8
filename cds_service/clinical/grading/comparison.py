"""Changes since an earlier assessment: ICE points lost, and signs of improvement (rules D1 and G3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from cds_service.clinical.course.assessment import Assessment, apart
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.course.concepts import CONSCIOUSNESS, ICE, MOTOR_FINDING, NEURO_SYMPTOM, DomainName
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.grading.arousal import arousal_range
from cds_service.clinical.grading.domain import Concern, Domain, Icans
from cds_service.clinical.grading.history import History, Trend
from cds_service.clinical.tables.names import Concept

WRITING = Concept("ice-writing")
NOT_CURRENT = frozenset({Concern.STALE, Concern.SEDATED})
_SIGNS_IN = (NEURO_SYMPTOM, MOTOR_FINDING)


class ScoreComparison(NamedTuple):
    """The present ICE or CAPD, the previous one in this course, and the one from before the therapy.

    `lost`: ICE items with fewer points than before. `at_baseline`: the present score is no worse than before the
    therapy (rule G3). `maximum`: the points of a full ICE. `differing`: every record of a value that was recorded
    differently in the present assessment (rule D1).
    """

    present: Assessment | None
    earlier: Assessment | None
    baseline: Assessment | None
    lost: tuple[str, ...]
    at_baseline: bool
    maximum: int
    differing: tuple[Record, ...]


class Improved(NamedTuple):
    """A sign that was last recorded at `last` and has been absent since."""

    sign: str
    last: datetime


def compared_scores(chart: Chart, score: Domain | None, instrument: DomainName | None) -> ScoreComparison:
    """The present score and those with which it is compared."""
    present, earlier = _present(chart, score), _earlier(chart, score)
    baseline = chart.baseline[instrument] if instrument else None
    return ScoreComparison(
        present=present,
        earlier=earlier,
        baseline=baseline,
        lost=_lost(present, earlier),
        at_baseline=_is_at_baseline(score, present, baseline),
        maximum=chart.rules.grading.ice.maximum,
        differing=present.differing if present and score and score.concern not in NOT_CURRENT else (),
    )


def _present(chart: Chart, score: Domain | None) -> Assessment | None:
    if score is None or score.time is None:
        return None
    return chart.assessments[score.name].newest(score.time)


def _earlier(chart: Chart, score: Domain | None) -> Assessment | None:
    """The newest score that shares no record with the present one (rule D1)."""
    if score is None or score.time is None:
        return None
    return next(islice(apart(chart.assessments[score.name], score.time), 1, None), None)


def _lost(present: Assessment | None, earlier: Assessment | None) -> tuple[str, ...]:
    """The items with fewer points than before; writing comes first, because it is often lost first."""
    if present is None or earlier is None:
        return ()
    lost = (item for item, points in present.items.items() if points < earlier.items.get(item, 0))
    return tuple(sorted(lost, key=lambda item: (item != WRITING, item)))


def _is_at_baseline(score: Domain | None, present: Assessment | None, baseline: Assessment | None) -> bool:
    if score is None or present is None or baseline is None or score.concern in NOT_CURRENT:
        return False
    return present.low >= baseline.high if score.name == ICE else present.high <= baseline.low


def improved_signs(chart: Chart, history: History, trend: Trend | None) -> tuple[Improved, ...]:
    """Signs of the leaflet that the newest assessment no longer found; none while the grade is worsening."""
    assessed = _last_assessed(history.now)
    return () if assessed is None or trend is Trend.WORSENING else tuple(_improved(chart, assessed))


def _improved(chart: Chart, assessed: datetime) -> Iterator[Improved]:
    rules = chart.rules.decisions.improvement
    for sign, values in rules.signs.items():
        records = (record for concept in _SIGNS_IN for record in chart.of(concept).within(rules.remembered, assessed))
        times = [record.time for record in records if record.value in values]
        if sign == rules.arousal:
            readings = chart.readings.within(rules.remembered, assessed)
            times += [reading.time for reading in readings if arousal_range(chart, reading).lo]
        if times and max(times) < assessed:
            yield Improved(sign, max(times))


def _last_assessed(now: Icans) -> datetime | None:
    """When both the score and arousal were last assessed; None if either is not current."""
    domains = [domain for domain in now.domains if domain is now.score or domain.name == CONSCIOUSNESS]
    times = [domain.time for domain in domains if domain.time is not None and domain.concern not in NOT_CURRENT]
    return min(times) if len(times) == len(domains) and times else None
