"""What the CRS asks for beside the ICANS (rules C1, C4, C5, U)."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.course.chart import Chart
from cds_service.clinical.grading import crs as cytokine
from cds_service.clinical.grading.crs import Crs
from cds_service.clinical.status.ask import Ask
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.urgency import support_without_gate
from cds_service.clinical.tables.advice import TOCILIZUMAB


class CrsPrompt(NamedTuple):
    """`ask`: None where there is no CRS, or its grade says all there is to say.

    `has_row`: a table has advice on tocilizumab for this patient. `lacks`: what keeps vasopressors or a ventilator from
    being put down to CRS or not; None where nothing does.
    """

    ask: Ask | None
    has_row: bool
    lacks: Ask | None


def crs_prompt(evaluation: Evaluation, chart: Chart) -> CrsPrompt:
    """The prompt at the present."""
    crs = evaluation.crs
    lacks = _lacks(crs) if support_without_gate(chart, crs) and not crs.range.lo else None
    ask = _ask(evaluation) if crs.range.lo else lacks
    return CrsPrompt(ask, bool(_rows(evaluation)), lacks)


def _ask(evaluation: Evaluation) -> Ask | None:
    """Tocilizumab where it is advised or the CRS leads, else the grade."""
    if TOCILIZUMAB in avoided(evaluation.advice):
        return Ask.CRS
    advised = Recommendation.TOCILIZUMAB in evaluation.recommendations
    if advised and not _may_be_given(evaluation):
        return None if evaluation.crs_leads else Ask.CRS
    if any(entry.row.condition and entry.row.condition.is_not_drafted for entry in evaluation.advice):
        return Ask.TOCILIZUMAB_ALTERNATIVES
    if evaluation.crs_leads:
        return Ask.TOCILIZUMAB if advised else Ask.TOCILIZUMAB_PER_PROTOCOL
    return Ask.TOCILIZUMAB_FOR_CRS if advised else Ask.CRS


def _may_be_given(evaluation: Evaluation) -> bool:
    """Whether interval and limits leave room for a dose of tocilizumab now; a label that names none adds no room."""
    so_far, rows = evaluation.treatment.tocilizumab, [entry.row for entry in _rows(evaluation)]
    limited = [row for row in rows if row.max_total is not None]
    return any(so_far.allows_another(row, evaluation.as_of) for row in limited or rows)


def _rows(evaluation: Evaluation) -> tuple[Advice, ...]:
    """The advice on tocilizumab, at the present grade and at one that holds under a condition."""
    conditional = evaluation.if_confirmed.advice if evaluation.if_confirmed else ()
    return tuple(entry for entry in (*evaluation.advice, *conditional) if entry.row.action == TOCILIZUMAB)


def _lacks(crs: Crs) -> Ask:
    """What the fever gate lacks: a temperature of the last day, or the drugs given since a fever."""
    fever = next((part for part in crs.basis if part.name == cytokine.FEVER), None)
    return Ask.CRS_DRUGS if fever is not None and fever.value else Ask.CRS_TEMPERATURE
