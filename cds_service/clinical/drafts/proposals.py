"""What could be ordered with one click: drafts and reminders, never orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.drafts.context import DraftContext
from cds_service.clinical.drafts.escalation import GivenSteroid, failed_steroid, given_steroid
from cds_service.clinical.drafts.steroid_choice import Option, preferred, waits
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.regimen import Regimen
from cds_service.clinical.tables.vocabulary import Action, RowCondition

TASK, SERVICE, MEDICATION = "task", "service", "medication"
# Requests that no guideline row makes: to settle a taper, to check each day, to look at a dose.
TAPER_PLAN, DAILY_CHECK, DOSE_REVIEW = "taper-plan", "daily-check", "dose-review"
SERVICES = (Action.EEG, Action.MRI, Action.NEUROLOGY)
IMAGING = (Action.MRI,)


class Proposal(NamedTuple):
    """One thing that could be created: an assessment that is due, an investigation, a drug.

    `replaces`: the running drugs whose place it takes, for it is not given besides. `until`: the last day of what is
    done daily. `about`: the drug that a request is about. `if_no_crs`: it is meant for patients without CRS, which is
    not known. `condition`: of the source's row, where only the reader can say whether it holds.
    """

    kind: str
    action: str
    due: datetime | None = None
    regimen: Regimen | None = None
    source: str = ""
    replaces: tuple[str, ...] = ()
    until: date | None = None
    about: str = ""
    if_no_crs: bool = False
    condition: RowCondition | None = None


def proposals_of(context: DraftContext) -> tuple[Proposal, ...]:
    """The reminder first, then what the guideline advises; nothing where the data did not arrive."""
    if context.evaluation.attention is Attention.FAILED:
        return ()
    return (*_reminder(context), *_advised(context), *_corticosteroids(context))


def _reminder(context: DraftContext) -> Iterator[Proposal]:
    """None under sedation: then no score is due (rule A1)."""
    evaluation = context.evaluation
    due = evaluation.next_assessment
    if due is not None and evaluation.signs.sedation is None:
        yield Proposal(TASK, evaluation.instrument or "ice", due=max(due, evaluation.as_of))


def _advised(context: DraftContext) -> Iterator[Proposal]:
    """Each action once, from the first source that offers it: the site's own, the guideline, then the label.

    What one of them does not want drafted is drafted from none.
    """
    rows = [entry.row for entry in context.advice]
    unwanted = (row.action for row in rows if row.condition and row.condition.is_not_drafted)
    offered: set[str] = {*avoided(context.advice), *unwanted}
    for entry in context.advice:
        if entry.row.action not in offered:
            drafts = tuple(_drafts(context, entry))
            yield from drafts
            offered |= {draft.action for draft in drafts}


def _drafts(context: DraftContext, entry: Advice) -> Iterator[Proposal]:
    """What an entry offers to draft now; a service unless under a condition, tocilizumab in its turn."""
    action = entry.row.action
    if action in SERVICES and not entry.row.condition and not _is_done(context, action):
        yield Proposal(SERVICE, action, source=entry.source)
    elif action is Action.TOCILIZUMAB and context.treatment.tocilizumab.allows_another(entry.row, context.now):
        for regimen in filter(_is_dosed, entry.regimens):
            yield Proposal(MEDICATION, action, regimen=regimen, source=entry.source)


def _is_done(context: DraftContext, action: Action) -> bool:
    """Whether imaging is on file that is not old yet."""
    return action in IMAGING and bool(context.evaluation.signs.imaging)


def _corticosteroids(context: DraftContext) -> Iterator[Proposal]:
    """One draft a dose of the source that is preferred (preference.py), in place of what runs."""
    if Action.CORTICOSTEROID in avoided(context.advice):
        return
    given = given_steroid(context)
    options = preferred(context, tuple(_options(context)))
    if given and given.drugs and not context.treatment.escalate:
        options = _instead(given, options)
    for entry, regimen in options:
        replaces = given.drugs if given else ()
        proposal = Proposal(MEDICATION, Action.CORTICOSTEROID, regimen=regimen, source=entry.source, replaces=replaces)
        condition = entry.row.condition if entry.row.condition and entry.row.condition.is_for_the_reader else None
        yield proposal._replace(if_no_crs=entry.if_no_crs, condition=condition)


def _instead(given: GivenSteroid, options: Sequence[Option]) -> Sequence[Option]:
    """What is known to be more than what runs; nothing where what is preferred runs already (rule E2)."""
    if any(option.regimen.drug in given.drugs for option in options):
        return ()
    return [option for option in options if given.is_less_than(option.regimen)]


def _options(context: DraftContext) -> Iterator[Option]:
    """Doses that may be shown and given now; after a corticosteroid that has not helped only what is more."""
    failed = failed_steroid(context)
    for entry in context.advice:
        if entry.row.action is not Action.CORTICOSTEROID or waits(context, entry.row):
            continue
        for regimen in filter(_is_dosed, entry.regimens):
            if failed is None or failed.is_less_than(regimen):
                yield Option(entry, regimen)


def _is_dosed(regimen: Regimen) -> bool:
    """Whether it can be written as an order: an amount, or one by weight."""
    return bool(regimen.mg or regimen.mg_per_kg)
