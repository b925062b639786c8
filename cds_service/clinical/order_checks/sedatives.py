"""Sedatives and opioids: they mask what ICE and arousal would show (rules A1, A2)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.course import measurements
from cds_service.clinical.drafts.proposal import assessment
from cds_service.clinical.order_checks.alert import DELETE, Alert, Change, CheckContext, Variant
from cds_service.clinical.tables.grade import Certainty
from cds_service.clinical.tables.vocabulary import AlertCode


def depressant_alerts(context: CheckContext) -> Iterator[Alert]:
    """One for each such draft, unless the patient is ventilated or known to have no ICANS."""
    evaluation, drugs = context.evaluation, context.drugs
    if not may_hide(context) or not context.within_days(context.rules.depressant_until_day):
        return
    for order in context.occasion.drafts:
        if order.drug in drugs.sedatives | drugs.opioids and order.systemic:
            kind = Variant.SEDATIVE if order.drug in drugs.sedatives else Variant.OPIOID
            assess = assessment(evaluation, evaluation.as_of)
            leave_out = (Change(DELETE, order),) if order.reference else ()
            yield Alert(AlertCode.DEPRESSANT_MASKS_ASSESSMENT, order, kind, changes=(assess, *leave_out))


def may_hide(context: CheckContext) -> bool:
    """Whether there may be ICANS to mask: not if it is known to be absent or the patient is ventilated."""
    icans = context.evaluation.icans
    clear = icans.certainty is Certainty.EXACT and icans.grade == 0
    return not clear and not measurements.is_ventilated(context.chart, icans.time)
