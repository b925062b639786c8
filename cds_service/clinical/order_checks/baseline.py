"""What to watch for when a stay begins (rule U1)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.drafts.proposals import TASK, Proposal
from cds_service.clinical.order_checks.alert import Alert, CheckContext
from cds_service.clinical.status.attention import Attention


def plan_alerts(context: CheckContext) -> Iterator[Alert]:
    """Risk factors, what is due, whom to call, for patients who always get a status card."""
    evaluation = context.evaluation
    due = evaluation.next_assessment
    if evaluation.attention is not Attention.ALWAYS or due is None:
        return
    reminder = Proposal(TASK, evaluation.instrument or "ice", due=max(due, evaluation.as_of))
    yield Alert("monitoring-plan", figures={"due": reminder.due or due}, changes=(reminder,))
