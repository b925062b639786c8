"""The next steps for a patient, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.crs_prompt import CrsPrompt
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.status.phrase import Phrase
from cds_service.clinical.status.settling import needs_birth_date
from cds_service.clinical.tables.vocabulary import Action, Strength


def phrases_of(evaluation: Evaluation, crs: CrsPrompt, settling: Phrase | None) -> Iterator[Phrase]:
    """A cause treated at once, then what settles the grade, then treatment, then the next assessment."""
    if evaluation.attention is Attention.FAILED:
        yield Phrase.PROTOCOL
        return
    if evaluation.look_alikes.first:
        yield Phrase.TREAT_FIRST
    if evaluation.attention is Attention.NO_THERAPY and evaluation.received.therapy_checked:
        yield Phrase.THERAPY
    yield from _settling(evaluation, settling)
    if evaluation.attention is not Attention.NO_THERAPY:
        yield from _treating(evaluation, crs)
    yield from _next(evaluation, settling)


def _settling(evaluation: Evaluation, settling: Phrase | None) -> Iterator[Phrase]:
    if needs_birth_date(evaluation.icans):
        yield Phrase.BIRTH_DATE
    if settling is not None:
        yield settling
    if settling is not None and settling.is_score and evaluation.instrument is None:
        yield Phrase.BIRTH_DATE


def _treating(evaluation: Evaluation, crs: CrsPrompt) -> Iterator[Phrase]:
    """ICU and one step about the corticosteroid, then the next dose; CRS comes before these if it leads."""
    of_crs = () if crs.ask is None else (crs.ask,)
    yield from of_crs if evaluation.crs_leads else ()
    if Recommendation.ICU in evaluation.recommendations:
        yield Phrase.ICU
    steroid = _steroid(evaluation)
    if steroid is not None:
        yield steroid
    if Recommendation.STOP in evaluation.recommendations:
        yield Phrase.STOP_INFUSION if _is_infused(evaluation, Action.STOP) else Phrase.STOP_THERAPY
    if Recommendation.WITHHOLD in evaluation.recommendations:
        yield Phrase.WITHHOLD_INFUSION if _is_infused(evaluation, Action.WITHHOLD) else Phrase.WITHHOLD_DOSE
    yield from () if evaluation.crs_leads else of_crs


def _steroid(evaluation: Evaluation) -> Phrase | None:
    treatment = evaluation.treatment
    rows = [entry.row for entry in evaluation.advice if entry.row.action is Action.CORTICOSTEROID]
    if treatment.escalate:
        return Phrase.ESCALATE
    if treatment.taper:
        return Phrase.TAPER
    if treatment.on_corticosteroid:
        return Phrase.STEROID_RUNNING if rows else None
    now = any(row.strength is not Strength.MAY and not (row.condition and row.condition.is_later) for row in rows)
    after = treatment.tocilizumab.total and any(row.condition and row.condition.is_after_tocilizumab for row in rows)
    return Phrase.STEROID if (now or after) and not _is_usual(evaluation) else None


def _is_usual(evaluation: Evaluation) -> bool:
    """Whether the grade rests only on a score that is no worse than before the therapy."""
    icans = evaluation.icans
    return evaluation.scores.at_baseline and icans.score is not None and icans.decided_by == (icans.score.name,)


def _is_infused(evaluation: Evaluation, action: str) -> bool:
    """Whether the therapy runs for days, so that the dose is interrupted rather than the next one withheld."""
    entries = (entry for entry in evaluation.advice if entry.row.action == action)
    return any(map(_interrupts, entries))


def _interrupts(entry: Advice) -> bool:
    return entry.row.next_dose is not None and entry.row.next_dose.interrupt


def _next(evaluation: Evaluation, settling: Phrase | None) -> Iterator[Phrase]:
    """The next score; none under sedation (rule A1), nor a later time for a score that is asked for now."""
    due = evaluation.next_assessment
    if evaluation.signs.sedation is not None:
        if settling is not Phrase.SEDATED:
            yield Phrase.SEDATION_LIGHTENED
    elif due is not None and due > evaluation.as_of and not (settling and settling.is_score):
        yield Phrase.NEXT
    elif due is not None and settling is None:
        yield Phrase.OVERDUE
