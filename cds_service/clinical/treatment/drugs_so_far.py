"""What else was given: drugs against refractory toxicity, antiseizure drugs, sedatives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.treatment.steroids import is_recent


class DrugSoFar(NamedTuple):
    """How often a drug was given, when last (of an infusion: its end), and whether it runs.

    `recent`: whether it runs or was given in the last 24 h. `milligrams`: so much of it then; None: not known.
    """

    drug: str
    doses: int
    last: datetime
    running: bool
    recent: bool
    milligrams: float | None


def immunosuppressants(chart: Chart, moment: datetime) -> tuple[DrugSoFar, ...]:
    """Besides corticosteroids and tocilizumab, since the course began (lymphodepletion is not among them)."""
    start = chart.course.start if chart.course else None
    names = chart.rules.drugs.immunosuppressants
    given = (dose for dose in chart.administrations.until(moment) if dose.drug in names)
    return _counted(chart, moment, (dose for dose in given if start is None or dose.time >= start))


def supportive(chart: Chart, moment: datetime) -> tuple[DrugSoFar, ...]:
    """Antiseizure drugs and sedatives of the last 24 h, or running."""
    names = chart.rules.drugs.antiseizure | chart.rules.drugs.sedatives
    span = chart.rules.decisions.steroids.running
    given = (dose for dose in chart.administrations.until(moment) if dose.drug in names)
    return _counted(chart, moment, (dose for dose in given if is_recent(dose, moment, span)))


def _counted(chart: Chart, moment: datetime, doses: Iterable[Administration]) -> tuple[DrugSoFar, ...]:
    by_drug: dict[str, list[Administration]] = {}
    for dose in doses:
        by_drug.setdefault(dose.drug, []).append(dose)
    return tuple(_so_far(chart, moment, given) for given in by_drug.values())


def _so_far(chart: Chart, moment: datetime, given: list[Administration]) -> DrugSoFar:
    span = chart.rules.decisions.steroids.running
    recent = [dose for dose in given if is_recent(dose, moment, span)]
    amounts = [dose.milligrams for dose in recent if dose.milligrams is not None]
    return DrugSoFar(
        drug=given[0].drug,
        doses=len(given),
        last=_last(given, moment),
        running=any(dose.ends_after(moment) for dose in given),
        recent=bool(recent),
        milligrams=sum(amounts) if recent and len(amounts) == len(recent) else None,
    )


def _last(given: list[Administration], moment: datetime) -> datetime:
    """When the last ended; of one that runs, when it began."""
    running = [dose.time for dose in given if dose.ends_after(moment)]
    return running[-1] if running else max(dose.end or dose.time for dose in given)
