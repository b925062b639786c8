"""What keeps a corticosteroid or tocilizumab from being drafted, regardless of source (rules P1, Q3, Q4)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from cds_service.clinical.drafts.context import DraftContext
from cds_service.clinical.tables.advice import CHILD
from cds_service.clinical.tables.vocabulary import Action


class Hold(StrEnum):
    """The reason it is held: a deficit not yet imaged, a bleed, or a child whose ICANS needs more."""

    DEFICIT = "Q3"
    BLEEDING = "Q4"
    CHILD = "P1"


def holds_on(context: DraftContext, action: str) -> tuple[Hold, ...]:
    """Why an action is not drafted; empty if nothing rules it out."""
    return tuple(_holds(context, action)) if action in (Action.CORTICOSTEROID, Action.TOCILIZUMAB) else ()


def _holds(context: DraftContext, action: str) -> Iterator[Hold]:
    found, evaluation = context.evaluation.emergencies, context.evaluation
    if found.deficit is not None or found.unimaged:
        yield Hold.DEFICIT
    if found.bleeding is not None:
        yield Hold.BLEEDING
    # No corticosteroid can be drafted for a child, and tocilizumab alone does not treat ICANS
    needs_both = evaluation.icans.all.lo >= context.rules.decisions.drafts.corticosteroid_from_grade
    if action == Action.TOCILIZUMAB and needs_both and evaluation.age_group == CHILD:
        yield Hold.CHILD
