"""What could be created with one click: draft orders and reminders, never signed orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.clinical.advice.selection import Advice, avoided
from cds_service.clinical.drafts.escalation import RunningSteroid, to_exceed
from cds_service.clinical.drafts.proposal import DraftContext, Proposal, ProposalKind, holds_on
from cds_service.clinical.drafts.steroid_choice import Option
from cds_service.clinical.drafts.steroid_options import is_dosed, steroid_options
from cds_service.clinical.drafts.urgent import urgent_requests
from cds_service.clinical.status.attention import Attention
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.tables.vocabulary import Action

SERVICES = (Action.EEG, Action.MRI, Action.NEUROLOGY)


def proposals_of(context: DraftContext) -> tuple[Proposal, ...]:
    """What an emergency asks for, the reminder, then what is advised; empty if required data did not arrive.

    From the grade at which a corticosteroid is the treatment of ICANS, it is listed before tocilizumab (rule P1).
    """
    if context.evaluation.attention is Attention.FAILED:
        return ()
    advised = tuple(_advised(context))
    steroids = tuple(_corticosteroids(context, beside=advised))
    first = context.evaluation.icans.all.lo >= context.rules.decisions.drafts.corticosteroid_from_grade
    urgent = tuple(urgent_requests(context.evaluation))
    return (*urgent, *_reminder(context), *(steroids if first else ()), *advised, *(() if first else steroids))


def _reminder(context: DraftContext) -> Iterator[Proposal]:
    """The assessment that is due, of its kind and at its time; at the present if it is due now (rule G5)."""
    due, now = context.evaluation.due, context.evaluation.as_of
    if due is not None:
        yield Proposal(ProposalKind.TASK, due.kind, due=now if due.now else due.at)


def _advised(context: DraftContext) -> Iterator[Proposal]:
    """Each action once, from the first source that offers it: the site's own protocol, the guideline, the label.

    An action that any of them rules out is not drafted at all.
    """
    rows = [entry.row for entry in context.advice]
    unwanted = (row.action for row in rows if row.condition and row.condition.is_not_drafted)
    offered: set[str] = {*avoided(context.advice), *unwanted}
    for entry in (*context.advice, *context.evaluation.crs_advice):
        if entry.row.action not in offered:
            drafts = tuple(_drafts(context, entry))
            yield from drafts
            offered |= {draft.action for draft in drafts}


def _drafts(context: DraftContext, entry: Advice) -> Iterator[Proposal]:
    """What to draft for an entry now: an investigation without a condition, or tocilizumab if a dose is allowed."""
    action = entry.row.action
    if action in SERVICES and not entry.row.condition and not _is_done(context, action):
        yield Proposal(ProposalKind.SERVICE, action, source=entry.source)
    elif action is Action.TOCILIZUMAB and _may_be_given(context, entry):
        for regimen in filter(is_dosed, entry.regimens):
            yield _one_dose(context, entry, regimen, action)


def _is_done(context: DraftContext, action: Action) -> bool:
    """Whether imaging is on record that makes another MRI needless (rule P3)."""
    return action is Action.MRI and context.evaluation.signs.mri_done


def _may_be_given(context: DraftContext, entry: Advice) -> bool:
    allowed = context.treatment.tocilizumab.allows_another(entry.row, context.now)
    return allowed and not holds_on(context, Action.TOCILIZUMAB)


def _corticosteroids(context: DraftContext, beside: Sequence[Proposal]) -> Iterator[Proposal]:
    """One draft per dose of the preferred source (steroid_choice.py), replacing what is running."""
    if Action.CORTICOSTEROID in avoided(context.advice) or holds_on(context, Action.CORTICOSTEROID):
        return
    given = to_exceed(context)
    options = steroid_options(context, with_tocilizumab=any(one.action == Action.TOCILIZUMAB for one in beside))
    if given and not context.treatment.escalate:
        options = _instead(given, options)
    for entry, regimen in options:
        replaces = given.drugs if given else ()
        proposal = _one_dose(context, entry, regimen, Action.CORTICOSTEROID)
        condition = entry.row.condition if entry.row.condition and entry.row.condition.is_for_the_reader else None
        without_crs = entry in context.evaluation.alternatives.without_crs
        yield proposal._replace(
            replaces=replaces, if_no_crs=entry.if_no_crs, condition=condition, without_crs=without_crs
        )


def _one_dose(context: DraftContext, entry: Advice, published: Regimen, action: Action) -> Proposal:
    """A draft is one dose at one interval (rule P2)."""
    regimen = published.one_dose(context.weight)
    return Proposal(
        ProposalKind.MEDICATION, action, regimen=regimen, published=published, source=entry.source, own=entry.own
    )


def _instead(given: RunningSteroid, options: Sequence[Option]) -> Sequence[Option]:
    """The options known to exceed what is running; none if the preferred option is running already (rule E2)."""
    if any(option.regimen.drug in given.drugs for option in options):
        return ()
    return [option for option in options if given.is_less_than(option.regimen)]
