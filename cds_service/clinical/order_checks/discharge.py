"""Discharge: unresolved ICANS, a running corticosteroid, and what the patient must know (rules E1, E3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cds_service.clinical.drafts.discharge import Discharge, Period
from cds_service.clinical.drafts.leaving import discharge_of
from cds_service.clinical.drafts.proposal import Proposal, ProposalKind, assessment
from cds_service.clinical.order_checks.alert import Alert, CheckContext, DrugNames, Figure, Variant
from cds_service.clinical.tables.labels import CheckFrequency
from cds_service.clinical.tables.vocabulary import AlertCode, Request


class _Checks(NamedTuple):
    """How often the label requires checks, and for how long; None if it requires none."""

    how: CheckFrequency | None = None
    period: Period | None = None


def unresolved_alerts(context: CheckContext) -> Iterator[Alert]:
    """ICANS of grade 1 or more, or not gradable while ICANS could still develop."""
    evaluation = context.evaluation
    grade, days = evaluation.icans.known_grade, context.rules.unresolved_until_day
    assess = assessment(evaluation, evaluation.as_of)
    if grade and context.concerned:
        yield Alert(AlertCode.DISCHARGE_UNRESOLVED, variant=Variant.GRADED, changes=(assess,))
    elif grade is None and context.within_days(days):
        yield Alert(
            AlertCode.DISCHARGE_UNRESOLVED, variant=Variant.NOT_GRADABLE, figures={"days": days}, changes=(assess,)
        )


def taper_alerts(context: CheckContext) -> Iterator[Alert]:
    """A corticosteroid of this episode is running or was given in the last 24 h."""
    steroid = context.evaluation.treatment.steroid
    if steroid is not None and steroid.given_recently:
        last = steroid.given_recently[-1]
        plan = Proposal(ProposalKind.TASK, Request.TAPER_PLAN, due=context.evaluation.as_of, about=last.drug)
        figures: dict[str, Figure] = {"drug": DrugNames((last.drug,)), "since": steroid.started, "last": last.time}
        yield Alert(AlertCode.TAPER_RUNNING, figures=figures, changes=(plan,))


def monitoring_alerts(context: CheckContext) -> Iterator[Alert]:
    """The daily checks that the label requires are not yet completed."""
    leaving = _leaving(context)
    if leaving is not None and leaving.checks is not None and leaving.daily_days_left:
        figures: dict[str, Figure] = {
            "days": leaving.daily_days_left,
            "until": leaving.checks.until,
            "label": leaving.label,
        }
        checks = Proposal(ProposalKind.SERVICE, Request.DAILY_CHECK, until=leaving.checks.until, source=leaving.label)
        yield Alert(AlertCode.DAILY_MONITORING_CONTINUES, figures=figures, changes=(checks,))


def instruction_alerts(context: CheckContext) -> Iterator[Alert]:
    """The instructions that the patient takes home, for some weeks after a dose."""
    leaving = _leaving(context)
    if leaving is not None and context.within_days(context.rules.instructions_until_day):
        variant, period = _other_checks(leaving)
        figures: dict[str, Figure] = {}
        if period is not None:
            figures = {"days": period.days_left, "until": period.until, "label": leaving.label}
        yield Alert(AlertCode.DISCHARGE_INSTRUCTIONS, variant=variant, figures=figures, leaving=leaving)


def _other_checks(leaving: Discharge) -> _Checks:
    """Required checks that are not daily: those of the first week, else those after the daily ones."""
    monitoring, checks, after = leaving.monitoring, leaving.checks, leaving.checks_after
    if checks is not None and checks.days_left:
        return _Checks() if leaving.daily_days_left else _Checks(monitoring.check, checks)
    return _Checks(monitoring.then, after) if after is not None and after.days_left else _Checks()


def _leaving(context: CheckContext) -> Discharge | None:
    labels = context.protocol.labels
    return discharge_of(context.evaluation, labels, context.evaluation.as_of) if labels else None
