"""What an emergency asks for and no guideline row does: calls and imaging (rules Q1, Q3 to Q5, N, P3)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.drafts.proposal import Proposal, ProposalKind
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.vocabulary import Action, Orderable, Request


def urgent_requests(evaluation: Evaluation) -> Iterator[Proposal]:
    """Calls as tasks, imaging as orders, the most lethal first."""
    yield from (Proposal(ProposalKind.TASK, one) for one in _calls(evaluation))
    yield from (Proposal(ProposalKind.SERVICE, one) for one in _imaging(evaluation))


def _calls(evaluation: Evaluation) -> Iterator[Request]:
    found = evaluation.emergencies
    if found.coma is not None and not found.coma.ventilated:
        yield Request.ICU_CALL
    if found.deficit is not None and found.deficit.of_head:
        yield Request.STROKE_CALL
    if found.bleeding is not None or found.pressure is not None:
        yield Request.NEUROSURGERY_CALL
    if evaluation.delayed:
        yield Request.NEUROLOGY_CALL


def _imaging(evaluation: Evaluation) -> Iterator[Orderable]:
    deficit = evaluation.emergencies.deficit
    if deficit is not None:
        yield Request.CT_ANGIOGRAPHY if deficit.of_head else Request.SPINE_MRI
    elif evaluation.puncture.ct_first:
        yield Action.CT
