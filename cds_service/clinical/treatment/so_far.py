"""What was done so far, and what follows from it (rules E0-E3, C5)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.history import History
from cds_service.clinical.treatment import episode
from cds_service.clinical.treatment.drugs_so_far import DrugSoFar, immunosuppressants, supportive
from cds_service.clinical.treatment.episode import AroseOn, SteroidTreatment
from cds_service.clinical.treatment.escalation import EscalationState, escalation_state
from cds_service.clinical.treatment.steroids import SteroidsGiven, steroids_given
from cds_service.clinical.treatment.tocilizumab import TocilizumabSoFar, tocilizumab_so_far


class TreatmentSoFar(NamedTuple):
    """Corticosteroids, tocilizumab and others of this course, and what follows.

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

    `lowest_option_mg`: the lowest total of 24 h among the corticosteroid options of the present grade, as mg of
    dexamethasone; None where there is none.
    """
    rules, moment = chart.rules.decisions.steroids, history.now.time
    steroid, arose = episode.treatment(chart, history), episode.arose_on(chart, history)
    return TreatmentSoFar(
        steroids=steroids_given(chart, moment),
        steroid=steroid,
        arose_on=arose,
        tocilizumab=tocilizumab_so_far(chart, moment),
        escalation=escalation_state(chart, history, steroid, arose, lowest_option_mg),
        taper=episode.may_taper(steroid, history, rules),
        better=episode.response(steroid, history, rules),
        flare_from=episode.flare_from(steroid, history),
        immunosuppressants=immunosuppressants(chart, moment),
        supportive=supportive(chart, moment),
    )
