"""Discharge: ICANS that is not over, and a corticosteroid that still runs (rules E1, E3)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.clinical.findings.notice import Matter, Notice
from cds_service.clinical.icans import ICE
from cds_service.clinical.proposals import TASK, Proposal


def unresolved_notices(matter: Matter) -> Iterator[Notice]:
    """ICANS of grade 1 or more, or not gradable while it could still come."""
    evaluation = matter.evaluation
    grade, days = evaluation.icans.known_grade, matter.rules.unresolved_until_day
    assess = Proposal(TASK, evaluation.instrument or ICE, due=evaluation.as_of)
    if grade:
        yield Notice("discharge-unresolved", variant="graded", changes=(assess,))
    elif grade is None and matter.within_days(days):
        yield Notice("discharge-unresolved", variant="not-gradable", figures={"days": days}, changes=(assess,))


def taper_notices(matter: Matter) -> Iterator[Notice]:
    """A corticosteroid of this episode was given in the last 24 h or runs."""
    steroid = matter.evaluation.treatment.steroid
    if steroid is not None and steroid.given_recently:
        last = steroid.given_recently[-1]
        yield Notice("taper-running", figures={"drug": last.drug, "since": steroid.started, "last": last.time})
