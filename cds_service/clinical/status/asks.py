"""What to do next, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.ask import Ask
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.crs_prompt import CrsPrompt
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.settling import needs_birth_date
from cds_service.clinical.tables.vocabulary import Action, Strength


def asks_of(evaluation: Evaluation, crs: CrsPrompt, settling: Ask | None) -> Iterator[Ask]:
    """A cause that is treated at once, then what settles the grade, then treatment, then the next look."""
    if evaluation.attention is Attention.FAILED:
        yield Ask.PROTOCOL
        return
    if evaluation.look_alikes.first:
        yield Ask.TREAT_FIRST
    if evaluation.attention is Attention.NO_THERAPY and evaluation.received.therapy_checked:
        yield Ask.THERAPY
    yield from _settling(evaluation, settling)
    if evaluation.attention is not Attention.NO_THERAPY:
        yield from _treating(evaluation, crs)
    yield from _next(evaluation, settling)


def _settling(evaluation: Evaluation, settling: Ask | None) -> Iterator[Ask]:
    if needs_birth_date(evaluation.icans):
        yield Ask.BIRTH_DATE
    if settling is not None:
        yield settling
    if settling is not None and settling.is_score and evaluation.instrument is None:
        yield Ask.BIRTH_DATE


def _treating(evaluation: Evaluation, crs: CrsPrompt) -> Iterator[Ask]:
    """ICU and one thing about the corticosteroid, then the next dose; the CRS before them where it leads."""
    of_crs = () if crs.ask is None else (crs.ask,)
    yield from of_crs if evaluation.crs_leads else ()
    if Recommendation.ICU in evaluation.recommendations:
        yield Ask.ICU
    steroid = _steroid(evaluation)
    if steroid is not None:
        yield steroid
    if Recommendation.STOP in evaluation.recommendations:
        yield Ask.STOP_INFUSION if _is_infused(evaluation, Action.STOP) else Ask.STOP_THERAPY
    if Recommendation.WITHHOLD in evaluation.recommendations:
        yield Ask.WITHHOLD_INFUSION if _is_infused(evaluation, Action.WITHHOLD) else Ask.WITHHOLD_DOSE
    yield from () if evaluation.crs_leads else of_crs


def _steroid(evaluation: Evaluation) -> Ask | None:
    treatment = evaluation.treatment
    rows = [entry.row for entry in evaluation.advice if entry.row.action == "corticosteroid"]
    if treatment.escalate:
        return Ask.ESCALATE
    if treatment.taper:
        return Ask.TAPER
    if treatment.on_corticosteroid:
        return Ask.STEROID_RUNNING if rows else None
    now = any(row.strength is not Strength.MAY and not (row.condition and row.condition.is_later) for row in rows)
    after = treatment.tocilizumab.total and any(row.condition and row.condition.is_after_tocilizumab for row in rows)
    return Ask.STEROID if (now or after) and not _is_usual(evaluation) else None


def _is_usual(evaluation: Evaluation) -> bool:
    """Whether the grade rests only on a score that is no worse than before the therapy."""
    icans = evaluation.icans
    return evaluation.scores.at_baseline and icans.score is not None and icans.decided_by == (icans.score.name,)


def _is_infused(evaluation: Evaluation, action: str) -> bool:
    """Whether the therapy runs for days: there is a dose to interrupt, not a next one."""
    entries = (entry for entry in evaluation.advice if entry.row.action == action)
    return any(map(_interrupts, entries))


def _interrupts(entry: Advice) -> bool:
    return entry.row.next_dose is not None and entry.row.next_dose.interrupt


def _next(evaluation: Evaluation, settling: Ask | None) -> Iterator[Ask]:
    """The next score; under sedation none is due (rule A1), and what is asked for now has no later time."""
    due = evaluation.next_assessment
    if evaluation.signs.sedation is not None:
        if settling is not Ask.SEDATED:
            yield Ask.SEDATION_LIGHTENED
    elif due is not None and due > evaluation.as_of and not (settling and settling.is_score):
        yield Ask.NEXT
    elif due is not None and settling is None:
        yield Ask.OVERDUE
