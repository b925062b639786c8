"""Sedatives and opioids: they hide what ICE and arousal would show (rules A1, A2)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical import vitals
from cds_service.clinical.findings.notice import DELETE, Change, Matter, Notice
from cds_service.clinical.grade import Certainty
from cds_service.clinical.icans import ICE
from cds_service.clinical.proposals import TASK, Proposal


def depressant_notices(matter: Matter) -> Iterator[Notice]:
    """One for each such draft, unless the patient is ventilated or is known to have no ICANS."""
    evaluation, rules = matter.evaluation, matter.rules
    icans, drugs = evaluation.icans, evaluation.chart.rules.drugs
    clear = icans.certainty is Certainty.EXACT and icans.grade == 0
    if (
        clear
        or not matter.within_days(rules.depressant_until_day)
        or vitals.is_ventilated(evaluation.chart, icans.time)
    ):
        return
    for order in matter.occasion.drafts:
        if order.drug in drugs.sedatives | drugs.opioids and order.systemic:
            kind = "sedative" if order.drug in drugs.sedatives else "opioid"
            assess = Proposal(TASK, evaluation.instrument or ICE, due=evaluation.as_of)
            leave_out = (Change(DELETE, order),) if order.reference else ()
            yield Notice("depressant-masks-assessment", order, kind, changes=(assess, *leave_out))
