"""What was done so far, and what follows from it (rules E1-E3, C5)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading.history import History
from cds_service.clinical.treatment import steroids
from cds_service.clinical.treatment.drugs_so_far import DrugSoFar, immunosuppressants, not_a_cause, supportive
from cds_service.clinical.treatment.steroids import SteroidTreatment
from cds_service.clinical.treatment.tocilizumab import TocilizumabSoFar, tocilizumab_so_far


class TreatmentSoFar(NamedTuple):
    """Corticosteroids of this episode, tocilizumab and others of this course, and what follows.

    `better`: whether the grade fell within 24 h of a corticosteroid; None before, or where that cannot be told.
    `flare_from`: the best grade since that corticosteroid, where it had fallen and is worse again; else None.
    `not_a_cause`: opioids and antipsychotics that are given; they explain nothing by themselves.
    """

    steroid: SteroidTreatment | None
    tocilizumab: TocilizumabSoFar
    escalate: bool
    taper: bool
    better: bool | None
    flare_from: int | None
    immunosuppressants: tuple[DrugSoFar, ...]
    supportive: tuple[DrugSoFar, ...]
    not_a_cause: tuple[str, ...]

    @property
    def on_corticosteroid(self) -> bool:
        """Whether a corticosteroid of this episode was given in the last 24 h or runs."""
        return self.steroid is not None and bool(self.steroid.given_recently)

    @property
    def watch_for_flare(self) -> bool:
        """Whether the corticosteroid of this episode has ended, and not in vain: flares follow."""
        return self.steroid is not None and not self.steroid.given_recently and not self.escalate


def treatment_so_far(chart: Chart, history: History) -> TreatmentSoFar:
    """The treatment up to the present of a history."""
    rules, moment = chart.rules.decisions.steroids, history.now.time
    steroid = steroids.treatment(chart, history)
    return TreatmentSoFar(
        steroid=steroid,
        tocilizumab=tocilizumab_so_far(chart, moment),
        escalate=steroids.needs_escalation_review(steroid, history, rules),
        taper=steroids.may_taper(steroid, history, rules),
        better=steroids.response(steroid, history, rules),
        flare_from=steroids.flare_from(steroid, history),
        immunosuppressants=immunosuppressants(chart, moment),
        supportive=supportive(chart, moment),
        not_a_cause=not_a_cause(chart, moment),
    )
