"""An urgency as JSON, the same in the evaluation and in the decision log."""

from __future__ import annotations

from typing import Any

from cds_service.clinical.status.urgency import Urgency

Json = dict[str, Any]


def urgency_json(urgency: Urgency) -> Json:
    """The indicator and why it is that."""
    return {"indicator": urgency.indicator.value, "reasons": reasons_json(urgency)}


def reasons_json(urgency: Urgency) -> list[Json]:
    """Each rule that asks for it, and the code or figure by which it does."""
    return [{"rule": reason.rule, "value": reason.value} for reason in urgency.reasons]
