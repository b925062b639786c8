"""Why the service drafts no corticosteroid, tocilizumab or lumbar puncture, in the words of the second reading."""

from __future__ import annotations

from cds_service.clinical.advice.puncture import AgainstPuncture
from cds_service.clinical.drafts.proposal import DraftContext, Hold, holds_on
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import CHILD
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.vocabulary import Action

AGAINST = {
    AgainstPuncture.PLATELETS: "platelets",
    AgainstPuncture.FOCAL_DEFICIT: "focal-deficit",
    AgainstPuncture.PRESSURE_OR_OEDEMA: "pressure-or-oedema",
    AgainstPuncture.BLEEDING: Hold.BLEEDING,
}


def held_back(found: Evaluation, rules: Rules) -> dict[str, list[str]]:
    """The reasons against each, by its name; empty without a card."""
    if not found.attention.has_card:
        return {}
    context = DraftContext(found, rules)
    steroid, tocilizumab = holds_on(context, Action.CORTICOSTEROID), holds_on(context, Action.TOCILIZUMAB)
    against = {
        Action.CORTICOSTEROID: {*steroid, *(("E4",) if found.profile.age_group == CHILD else ())},
        Action.TOCILIZUMAB: {*tocilizumab, *_against_tocilizumab(found, rules)},
        Action.LUMBAR_PUNCTURE: _against_puncture(found),
    }
    return {str(what): sorted(map(str, reasons)) for what, reasons in against.items() if reasons}


def _against_tocilizumab(found: Evaluation, rules: Rules) -> set[str]:
    row = next(row for row in rules.crs_advice.row if row.action is Action.TOCILIZUMAB)
    given = found.treatment.tocilizumab
    reasons = {
        "C5": not found.crs.range.lo,
        "limit": given.is_at_limit(row),
        "T8": given.unread or not found.received.drugs_checked,
    }
    return {reason for reason, holds in reasons.items() if holds}


def _against_puncture(found: Evaluation) -> set[str]:
    """Never drafted, because anticoagulants are not looked up."""
    puncture = found.puncture
    reasons = {AGAINST[one] for one in puncture.against} | {"anticoagulants-not-looked-up"}
    return reasons if puncture.platelets and puncture.fibrinogen else {*reasons, "check-coagulation"}
