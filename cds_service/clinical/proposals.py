"""What could be ordered with one click: drafts and reminders, never orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.attention import Attention
from cds_service.clinical.escalation import failed_steroid
from cds_service.clinical.evaluation import Evaluation
from cds_service.clinical.management import LATER, TOCILIZUMAB, Advice, avoided
from cds_service.clinical.options import CORTICOSTEROID
from cds_service.clinical.regimen import Regimen

TASK, SERVICE, MEDICATION = "task", "service", "medication"
SERVICES = ("eeg", "mri", "neurology-consult")
IMAGING = ("mri",)
MEDICATIONS = (CORTICOSTEROID, TOCILIZUMAB)


class Proposal(NamedTuple):
    """One thing that could be created: an assessment that is due, an investigation, a drug."""

    kind: str
    action: str
    due: datetime | None = None
    regimen: Regimen | None = None
    source: str = ""


def proposals_of(evaluation: Evaluation) -> tuple[Proposal, ...]:
    """The reminder first, then what the guideline advises; nothing where the data did not arrive."""
    if evaluation.attention is Attention.FAILED:
        return ()
    return (*_reminder(evaluation), *_advised(evaluation))


def _reminder(evaluation: Evaluation) -> Iterator[Proposal]:
    """None under sedation: then no score is due (rule A1)."""
    due = evaluation.next_assessment
    if due is not None and evaluation.chart.sedation.at(evaluation.icans.time) is None:
        yield Proposal(TASK, evaluation.instrument or "ice", due=max(due, evaluation.as_of))


def _advised(evaluation: Evaluation) -> Iterator[Proposal]:
    """Each action once, from the first source that offers it: the site's own, the guideline, then the label."""
    offered = set(avoided(evaluation.advice))
    for entry in evaluation.advice:
        if entry.row.action not in offered:
            drafts = tuple(_drafts(evaluation, entry))
            yield from drafts
            offered |= {draft.action for draft in drafts}


def _drafts(evaluation: Evaluation, entry: Advice) -> Iterator[Proposal]:
    """What an entry offers to draft now; a service unless under a condition, a drug with its dose and in its turn."""
    action = entry.row.action
    if action in SERVICES and not entry.row.condition and not _is_done(evaluation, action):
        yield Proposal(SERVICE, action, source=entry.source)
    elif action in MEDICATIONS and entry.row.condition not in LATER:
        yield from _drugs(evaluation, entry)


def _is_done(evaluation: Evaluation, action: str) -> bool:
    """Whether imaging is on file that is not old yet."""
    if action not in IMAGING:
        return False
    span = evaluation.chart.rules.decisions.persisting.stale_after
    return bool(evaluation.chart.of("neuroimaging").within(span, evaluation.icans.time))


def _drugs(evaluation: Evaluation, entry: Advice) -> Iterator[Proposal]:
    """One draft a regimen that may be shown with its dose, unless the drug runs or its limit is reached."""
    treatment = evaluation.treatment
    running = {dose.drug for dose in treatment.steroid.given_recently} if treatment.steroid else set()
    if entry.row.action == TOCILIZUMAB and not treatment.tocilizumab.allows_another(entry.row, evaluation.icans.time):
        return
    for regimen in entry.regimens:
        dosed = regimen.mg or regimen.mg_per_kg
        if dosed and regimen.drug not in running and _is_enough(evaluation, entry, regimen):
            yield Proposal(MEDICATION, entry.row.action, regimen=regimen, source=entry.source)


def _is_enough(evaluation: Evaluation, entry: Advice, regimen: Regimen) -> bool:
    """After a corticosteroid that has not helped only one that is known to be more."""
    failed = failed_steroid(evaluation) if entry.row.action == CORTICOSTEROID else None
    return failed is None or failed.is_less_than(regimen)
