"""What was done so far, and what follows from it (rules E1-E3, C5)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical import steroids
from cds_service.clinical.chart import Chart
from cds_service.clinical.history import History
from cds_service.clinical.steroids import SteroidTreatment
from cds_service.clinical.tocilizumab import TocilizumabSoFar, tocilizumab_so_far


class TreatmentSoFar(NamedTuple):
    """Corticosteroids of this episode and tocilizumab of this course; whether to review or to taper."""

    steroid: SteroidTreatment | None
    tocilizumab: TocilizumabSoFar
    escalate: bool
    taper: bool

    @property
    def on_corticosteroid(self) -> bool:
        """Whether a corticosteroid of this episode was given in the last 24 h or runs."""
        return self.steroid is not None and bool(self.steroid.given_recently)


def treatment_so_far(chart: Chart, history: History) -> TreatmentSoFar:
    """The treatment up to the present of a history."""
    rules = chart.rules.decisions.steroids
    steroid = steroids.treatment(chart, history)
    return TreatmentSoFar(
        steroid,
        tocilizumab_so_far(chart, history.now.time),
        steroids.needs_escalation_review(steroid, history, rules),
        steroids.may_taper(steroid, history, rules),
    )
