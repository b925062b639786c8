"""The treatment so far, and what follows from it (rules E0-E3, C5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.facts.patient import Administration
from cds_service.clinical.grading.history import History
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.treatment import episode
from cds_service.clinical.treatment.episode import AroseOn, SteroidTreatment
from cds_service.clinical.treatment.escalation import EscalationState, escalation_state
from cds_service.clinical.treatment.steroids import SteroidsGiven, is_recent, steroids_given
from cds_service.clinical.treatment.tocilizumab import TocilizumabSoFar, tocilizumab_so_far


class DrugSoFar(NamedTuple):
    """How often a drug was given, when it was last given (for an infusion: its end), and whether it is running.

    `recent`: it is running or was given in the last 24 h. `milligrams`: the amount of the last one; None: unknown.
    `start_known`: False if it is running since an unknown time (rule T8).
    """

    drug: Drug
    doses: int
    last: datetime
    running: bool
    recent: bool
    milligrams: float | None
    start_known: bool = True


def immunosuppressants(chart: Chart, moment: datetime) -> tuple[DrugSoFar, ...]:
    """Those other than corticosteroids and tocilizumab, since the course began (lymphodepletion is not included)."""
    start = chart.course.start if chart.course else None
    names = chart.rules.drugs.immunosuppressants
    given = (dose for dose in chart.administrations.until(moment) if dose.drug in names)
    return _counted(chart, moment, (dose for dose in given if start is None or dose.time >= start))


def supportive(chart: Chart, moment: datetime) -> tuple[DrugSoFar, ...]:
    """Antiseizure drugs and sedatives that are running or were given in the last 24 h."""
    names = chart.rules.drugs.antiseizure | chart.rules.drugs.sedatives
    span = chart.rules.decisions.steroids.running
    given = (dose for dose in chart.administrations.until(moment) if dose.drug in names)
    return _counted(chart, moment, (dose for dose in given if is_recent(dose, moment, span)))


def _counted(chart: Chart, moment: datetime, doses: Iterable[Administration]) -> tuple[DrugSoFar, ...]:
    by_drug: dict[Drug, list[Administration]] = {}
    for dose in doses:
        by_drug.setdefault(dose.drug, []).append(dose)
    return tuple(_so_far(chart, moment, given) for given in by_drug.values())


def _so_far(chart: Chart, moment: datetime, given: list[Administration]) -> DrugSoFar:
    span = chart.rules.decisions.steroids.running
    last = _last(given, moment)
    return DrugSoFar(
        drug=given[0].drug,
        doses=len(given),
        last=last.time if last.ends_after(moment) else last.end or last.time,
        running=any(dose.ends_after(moment) for dose in given),
        recent=any(is_recent(dose, moment, span) for dose in given),
        milligrams=last.milligrams,
        start_known=all(dose.start_known for dose in given),
    )


def _last(given: list[Administration], moment: datetime) -> Administration:
    """The newest that is running, else the one that ended last."""
    running = [dose for dose in given if dose.ends_after(moment)]
    return running[-1] if running else max(given, key=lambda dose: dose.end or dose.time)


class TreatmentSoFar(NamedTuple):
    """Corticosteroids, tocilizumab and other drugs of this course, and what follows.

    `steroids`: all that were given, for any indication. `steroid`: those that count for this episode; `arose_on`: those
    being given when it began; None if there were none. `better`: whether the grade fell within 24 h of a
    corticosteroid; None before then or if unknown. `flare_from`: the best grade since that corticosteroid, if the grade
    had fallen and is worse again; else None.
    """

    steroids: SteroidsGiven
    steroid: SteroidTreatment | None
    arose_on: AroseOn | None
    tocilizumab: TocilizumabSoFar
    escalation: EscalationState
    taper: bool
    better: bool | None
    flare_from: int | None
    immunosuppressants: tuple[DrugSoFar, ...]
    supportive: tuple[DrugSoFar, ...]

    @property
    def escalate(self) -> bool:
        """Whether a review for escalation is prompted."""
        return self.escalation.review is not None

    @property
    def on_corticosteroid(self) -> bool:
        """Whether a corticosteroid of this episode was given in the last 24 h or runs."""
        return self.steroid is not None and bool(self.steroid.given_recently)

    @property
    def watch_for_flare(self) -> bool:
        """Whether the corticosteroid of this episode has ended after helping: a flare may follow."""
        return self.steroid is not None and not self.steroid.given_recently and not self.escalate


def treatment_so_far(chart: Chart, history: History, lowest_option_mg: float | None) -> TreatmentSoFar:
    """The treatment up to the present of a history.

    `lowest_option_mg`: the lowest 24 h total among the corticosteroid options for the present grade, in mg of
    dexamethasone; None if there is none.
    """
    rules, moment = chart.rules.decisions.steroids, history.now.time
    steroid, arose = episode.treatment(chart, history), episode.arose_on(chart, history)
    flare_from = episode.flare_from(steroid, history)
    return TreatmentSoFar(
        steroids=steroids_given(chart, moment),
        steroid=steroid,
        arose_on=arose,
        tocilizumab=tocilizumab_so_far(chart, moment),
        escalation=escalation_state(chart, history, steroid, arose, lowest_option_mg),
        taper=flare_from is None and episode.may_taper(steroid, history, rules),
        better=episode.response(steroid, history, rules),
        flare_from=flare_from,
        immunosuppressants=immunosuppressants(chart, moment),
        supportive=supportive(chart, moment),
    )
