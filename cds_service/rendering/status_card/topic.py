"""The topic of the status card: EHRs remember overrides by it."""

from __future__ import annotations

from cds_service.clinical.assess import Answer
from cds_service.clinical.status.ask import AskCode
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.grade import Certainty

# What is asked for that is another matter than the grade.
_OF_ASKS = {
    AskCode.ESCALATION_REVIEW: "icansEscalation",
    AskCode.DELAYED_NEUROTOXICITY: "icansDelayedNeurotoxicity",
    AskCode.CRS_2: "crsAdvice",
    AskCode.THERAPY_NOT_READABLE: "therapyNotReadable",
    AskCode.TAPER: "icansTaper",
}


def topic_of(answer: Answer) -> str:
    """That of what is asked for, else of the grade; what is critical always has that of its grade."""
    evaluation = answer.evaluation
    if answer.ask is None or evaluation.urgency.indicator.is_highest:
        return _of_grade(evaluation)
    return _OF_ASKS.get(answer.ask.code) or _of_grade(evaluation)


def _of_grade(evaluation: Evaluation) -> str:
    """One static code per situation, so that an override of one grade never hides a worse one."""
    icans = evaluation.icans
    if evaluation.attention is Attention.FAILED:
        return "icansDataMissing"
    match icans.certainty:
        case Certainty.NEEDS_ATTRIBUTION:
            return "icansAttribution"
        case Certainty.CANNOT_GRADE:
            return "icansCannotGrade"
        case Certainty.AT_LEAST:
            return f"icansAtLeast{icans.grade}"
        case _:
            return f"icansGrade{icans.grade}"
