"""Values that call for a work-up for a haemophagocytic syndrome after immune effector cells (rule L5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Record
from cds_service.clinical.tables.look_alikes import IecHs
from cds_service.clinical.tables.names import Concept

FERRITIN, FIBRINOGEN = Concept("ferritin"), Concept("fibrinogen")


def iec_hs_signs(chart: Chart, moment: datetime) -> tuple[Record, ...]:
    """The values that call for a work-up, ferritin first; empty unless enough criteria are met together."""
    rules = chart.rules.look_alikes.iec_hs
    ferritin = _newest(chart, FERRITIN, moment)
    if ferritin is None or not _high_ferritin(chart, ferritin, rules):
        return ()
    signs = (_fibrinogen(chart, rules, moment), _transaminases(chart, rules, moment), _cytopenia(chart, rules, moment))
    found = [next(sign, None) for sign in signs]
    others = [sign for sign in found if sign is not None]
    return (ferritin, *others) if len(others) >= rules.besides_ferritin else ()


def _newest(chart: Chart, concept: Concept, moment: datetime) -> Record | None:
    """The newest current value of this course."""
    if chart.course is None:
        return None
    since = max(chart.course.start, moment - chart.rules.look_alikes.inflammation_current)
    return next((one for one in reversed(chart.facts.of(concept)) if since <= one.time <= moment), None)


def _before(chart: Chart, concept: Concept) -> Record | None:
    """The newest value from before the course, unless it is only a bound."""
    start = chart.course.start if chart.course else None
    earlier = (one for one in reversed(chart.facts.of(concept)) if start is not None and one.time < start)
    return next((one for one in earlier if not one.comparator), None)


def _high_ferritin(chart: Chart, ferritin: Record, rules: IecHs) -> bool:
    """Whether ferritin exceeds the given multiple of the upper limit, or of the value before the course."""
    before = _before(chart, FERRITIN)
    references = (ferritin.reference.high, float(before.value) if before else None)
    return any(one is not None and ferritin.more_than(rules.ferritin_times * one) is True for one in references)


def _fibrinogen(chart: Chart, rules: IecHs, moment: datetime) -> Iterator[Record]:
    yield from _that(chart, (FIBRINOGEN,), moment, lambda one: one.at_least(rules.fibrinogen_below) is False)


def _transaminases(chart: Chart, rules: IecHs, moment: datetime) -> Iterator[Record]:
    def high(one: Record) -> bool:
        limit = one.reference.high
        return limit is not None and one.more_than(rules.transaminase_times * limit) is True

    yield from _that(chart, rules.transaminases, moment, high)


def _cytopenia(chart: Chart, rules: IecHs, moment: datetime) -> Iterator[Record]:
    def lower(one: Record) -> bool:
        before = _before(chart, one.concept)
        return before is not None and one.at_least(float(before.value)) is False

    yield from _that(chart, rules.cytopenias, moment, lower)


def _that(
    chart: Chart, concepts: tuple[Concept, ...], moment: datetime, holds: Callable[[Record], bool]
) -> Iterator[Record]:
    newest = (_newest(chart, concept, moment) for concept in concepts)
    yield from (one for one in newest if one is not None and holds(one))
