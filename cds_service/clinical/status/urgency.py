"""How loud the status card is (table U)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from cds_service.clinical.course import charted, vitals
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading import crs
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.grading.history import NEW, WORSENING, History
from cds_service.clinical.grading.icans import ICE, instrument_at
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.treatment.so_far import TreatmentSoFar


class Urgency(IntEnum):
    """The indicators of CDS Hooks, in order."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2


class Situation(NamedTuple):
    """What the urgency depends on."""

    chart: Chart
    history: History
    crs: Crs
    trend: str | None
    treatment: TreatmentSoFar
    overdue: bool


def urgency(situation: Situation) -> Urgency:
    """The highest of what the grades, the charted grades, the airway and missing data ask for."""
    failed = Urgency.WARNING if situation.chart.facts.failed else Urgency.INFO
    return max(_icans(situation), _charted(situation), _crs(situation), _glasgow(situation), failed)


def _icans(situation: Situation) -> Urgency:
    now = situation.history.now
    if now.certainty is Certainty.NEEDS_ATTRIBUTION:
        return max(Urgency.WARNING, of_grade(now.all.lo))
    if now.grade is None:
        return Urgency.WARNING if _worrying(situation) else Urgency.INFO
    if now.certainty is Certainty.EXACT and now.grade == 1:
        return Urgency.WARNING if situation.trend in {NEW, WORSENING} else Urgency.INFO
    return of_grade(now.grade)


def of_grade(grade: int) -> Urgency:
    """0 is info, 1-2 a warning, 3 and more critical."""
    return Urgency.INFO if grade == 0 else Urgency.WARNING if grade < 3 else Urgency.CRITICAL  # noqa: PLR2004


def _worrying(situation: Situation) -> bool:
    """Whether something makes "cannot be graded" more than a reminder."""
    chart, moment = situation.chart, situation.history.now.time
    known = situation.history.last_known
    doubts = chart.doubts[instrument_at(chart, moment) or ICE].within(chart.assessment_window, moment)
    ventilated = vitals.is_ventilated(chart, moment)
    return (
        bool(known and known.known_grade)
        or any(not (ventilated and sign.unless_ventilated) for sign in doubts)
        or situation.treatment.on_corticosteroid
        or chart.sedation.at(moment) is not None
        or situation.overdue
    )


def _charted(situation: Situation) -> Urgency:
    """Never below that of an ICANS or CRS grade charted in the last 12 h (rule G4)."""
    chart, moment = situation.chart, situation.history.now.time
    return max(of_grade(charted.recent(chart, scale, moment) or 0) for scale in (charted.ICANS, charted.CRS))


def _crs(situation: Situation) -> Urgency:
    chart, graded = situation.chart, situation.crs
    if graded.range.lo >= chart.rules.decisions.urgency.crs_critical_from:
        return Urgency.CRITICAL
    return Urgency.WARNING if support_without_gate(chart, graded) else Urgency.INFO


def support_without_gate(chart: Chart, graded: Crs) -> bool:
    """Whether vasopressors or a ventilator run and nobody knows if it is for CRS."""
    running = any(dose.ends_after(graded.time) for dose in crs.vasopressor_infusions(chart, graded.time))
    return graded.gate == crs.UNKNOWN and (running or vitals.is_ventilated(chart, graded.time))


def _glasgow(situation: Situation) -> Urgency:
    """The newest current Glasgow sum, unless sedated."""
    chart, moment = situation.chart, situation.history.now.time
    sums = [gcs for gcs in chart.glasgow.within(chart.assessment_window, moment) if gcs.total is not None]
    low = bool(sums) and (sums[-1].total or 0) <= chart.rules.decisions.urgency.gcs_critical_up_to
    return Urgency.CRITICAL if low and not chart.sedation.at(moment) else Urgency.INFO
