"""What the CRS asks for: in the summary in a few words, in the detail as a line of its own (rules C1, C4, C5, U)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.advice.selection import avoided
from cds_service.clinical.grading import crs as cytokine
from cds_service.clinical.status.urgency import support_without_gate
from cds_service.clinical.tables.advice import NOT_DRAFTED, TOCILIZUMAB
from cds_service.clinical.tables.grade import Certainty
from cds_service.rendering.words.view import View


def crs_grade(view: View) -> str:
    """The grade and whether it is but a floor; only where there is one."""
    crs = view.evaluation.crs
    return view.say(f"status.crs.{'exact' if crs.certainty is Certainty.EXACT else 'at-least'}", grade=crs.range.lo)


def crs_asks(view: View) -> Iterator[str]:
    """Tocilizumab where it is advised or the CRS leads, else the grade; or what keeps it from being graded."""
    evaluation = view.evaluation
    key = _key(view)
    if evaluation.crs.range.lo and key:
        yield view.say(f"status.ask.{key}", crs=crs_grade(view))
    elif support_without_gate(evaluation.chart, evaluation.crs):
        yield view.say(f"status.ask.crs-{_unknown(view)}")


def crs_lines(view: View) -> Iterator[str]:
    """Where no table has a row for this ICANS grade: that there is CRS all the same, and no dose."""
    evaluation, conditional = view.evaluation, view.evaluation.if_confirmed
    advised = (*evaluation.advice, *(conditional.advice if conditional else ()))
    if evaluation.crs.range.lo:
        if TOCILIZUMAB not in {entry.row.action for entry in advised}:
            yield view.say("detail.now.crs", crs=crs_grade(view))
    elif support_without_gate(evaluation.chart, evaluation.crs):
        yield view.say(f"detail.now.crs-{_unknown(view)}")


def _key(view: View) -> str:
    """The ask about a CRS that there is; empty where its grade leads the summary and there is nothing to add."""
    if TOCILIZUMAB in avoided(view.evaluation.advice):
        return "crs"
    advised = TOCILIZUMAB in view.evaluation.recommendations
    if advised and not _may_be_given(view):
        return "" if view.evaluation.crs_leads else "crs"
    if any(entry.row.condition in NOT_DRAFTED for entry in view.evaluation.advice):
        return "tocilizumab-alternatives"
    if view.evaluation.crs_leads:
        return "tocilizumab" if advised else "tocilizumab-per-protocol"
    return "tocilizumab-for" if advised else "crs"


def _may_be_given(view: View) -> bool:
    """Whether interval and limits leave room for a dose of tocilizumab now; a label that names none adds no room."""
    evaluation, so_far = view.evaluation, view.evaluation.treatment.tocilizumab
    conditional = evaluation.if_confirmed.advice if evaluation.if_confirmed else ()
    rows = [entry.row for entry in (*evaluation.advice, *conditional) if entry.row.action == TOCILIZUMAB]
    limited = [row for row in rows if row.max_total is not None]
    return any(so_far.allows_another(row, evaluation.as_of) for row in limited or rows)


def _unknown(view: View) -> str:
    """What the fever gate lacks: a temperature of the last day, or the drugs given since a fever."""
    fever = next((part for part in view.evaluation.crs.basis if part.name == cytokine.FEVER), None)
    return "without-drugs" if fever is not None and fever.value else "without-temperature"
