"""What CRS calls for in addition to ICANS (rules C1, C4, C5, U)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading import crs as cytokine
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.phrase import Phrase
from cds_service.clinical.status.urgency import support_without_gate
from cds_service.clinical.tables.vocabulary import Action


class CrsPrompt(NamedTuple):
    """`ask`: what to do about CRS; None if there is none, or if its grade is all there is to report.

    `missing`: what is needed to decide if vasopressors or a ventilator are for CRS; None if nothing is.
    """

    ask: Phrase | None
    missing: Phrase | None


def crs_prompt(evaluation: Evaluation, chart: Chart) -> CrsPrompt:
    """The prompt for the present grades."""
    crs = evaluation.crs
    missing = _missing_for_gate(crs) if support_without_gate(chart, crs) and not crs.range.lo else None
    ask = _ask(evaluation) if crs.range.lo else missing
    return CrsPrompt(ask, missing)


def _ask(evaluation: Evaluation) -> Phrase | None:
    """Tocilizumab if it is advised or CRS leads, else the grade."""
    if Action.TOCILIZUMAB in avoided(evaluation.advice):
        return Phrase.CRS
    advised = Recommendation.TOCILIZUMAB in evaluation.recommendations
    if advised and not _may_be_given(evaluation):
        return None if evaluation.crs_leads else Phrase.CRS
    if any(entry.row.condition and entry.row.condition.is_not_drafted for entry in evaluation.advice):
        return Phrase.TOCILIZUMAB_ALTERNATIVES
    if evaluation.crs_leads:
        return Phrase.TOCILIZUMAB if advised else Phrase.TOCILIZUMAB_PER_PROTOCOL
    return Phrase.TOCILIZUMAB_FOR_CRS if advised else Phrase.CRS


def _may_be_given(evaluation: Evaluation) -> bool:
    """Whether interval and limits allow a dose of tocilizumab now; rows without limits count only if no row has any."""
    so_far, rows = evaluation.treatment.tocilizumab, [entry.row for entry in _rows(evaluation)]
    limited = [row for row in rows if row.max_total is not None]
    return any(so_far.allows_another(row, evaluation.as_of) for row in limited or rows)


def _rows(evaluation: Evaluation) -> tuple[Advice, ...]:
    """The advice on tocilizumab: for the present grade, for one that holds under a condition, and by CRS grade."""
    conditional = evaluation.if_confirmed.advice if evaluation.if_confirmed else ()
    return tuple(
        entry
        for entry in (*evaluation.advice, *conditional, *evaluation.crs_advice)
        if entry.row.action is Action.TOCILIZUMAB
    )


def _missing_for_gate(crs: Crs) -> Phrase:
    """What the fever gate needs: a temperature of the last day, or the drugs given since a fever."""
    fever = next((part for part in crs.basis if part.name == cytokine.FEVER), None)
    return Phrase.CRS_DRUGS if fever is not None and fever.value else Phrase.CRS_TEMPERATURE
