"""What is to be done about the corticosteroid, and about the next dose of the therapy."""

from __future__ import annotations

from enum import StrEnum

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.vocabulary import Action, Strength


class CorticosteroidAct(StrEnum):
    """One of these at any grade that is treated; the values are keys of the card texts."""

    ESCALATE = "escalate"
    TAPER = "taper"
    CONTINUE = "running"
    START = "steroid"


class DoseAct(StrEnum):
    """Whether the therapy is withheld or stopped, and whether it is an infusion that runs for days."""

    WITHHOLD = "withhold-next-dose"
    STOP = "stop-therapy"
    INTERRUPT_INFUSION = "withhold-next-dose-infusion"
    STOP_INFUSION = "stop-therapy-infusion"


_NEXT_DOSE = {DoseAct.WITHHOLD: DoseAct.INTERRUPT_INFUSION, DoseAct.STOP: DoseAct.STOP_INFUSION}


def corticosteroid_act(evaluation: Evaluation) -> CorticosteroidAct:
    """From ICANS 2 on. One that was given in the last 24 h is continued, for whatever reason it was given."""
    treatment = evaluation.treatment
    if treatment.escalate:
        return CorticosteroidAct.ESCALATE
    if treatment.taper:
        return CorticosteroidAct.TAPER
    return CorticosteroidAct.CONTINUE if treatment.steroids.recent else CorticosteroidAct.START


def starts_at_grade_1(evaluation: Evaluation) -> bool:
    """Whether a table advises one without a further condition, or after the tocilizumab that was given.

    Not if one is being given for this episode, or if the score is no worse than before the therapy.
    """
    treatment = evaluation.treatment
    if treatment.escalate or treatment.taper or treatment.on_corticosteroid:
        return False
    rows = [entry.row for entry in evaluation.advice if entry.row.action is Action.CORTICOSTEROID]
    now = any(row.strength is not Strength.MAY and not (row.condition and row.condition.is_later) for row in rows)
    after = any(row.condition and row.condition.is_after_tocilizumab for row in rows)
    return (now or bool(treatment.tocilizumab.total and after)) and not _is_usual(evaluation)


def _is_usual(evaluation: Evaluation) -> bool:
    """Whether the grade rests only on a score that is no worse than before the therapy."""
    icans = evaluation.icans
    return evaluation.scores.at_baseline and icans.score is not None and icans.decided_by == (icans.score.name,)


def dose_act(evaluation: Evaluation) -> DoseAct:
    """A therapy that is stopped for good is not withheld too."""
    stopped = Recommendation.STOP in evaluation.recommendations
    action, act = (Action.STOP, DoseAct.STOP) if stopped else (Action.WITHHOLD, DoseAct.WITHHOLD)
    rules = (entry.row.next_dose for entry in evaluation.advice if entry.row.action is action)
    return _NEXT_DOSE[act] if any(rule is not None and rule.interrupt for rule in rules) else act
