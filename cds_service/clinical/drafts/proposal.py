"""What keeps a corticosteroid or tocilizumab from being drafted, regardless of source (rules P1, Q3, Q4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import CHILD, Regimen
from cds_service.clinical.tables.decision_rules import SteroidChoice
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.vocabulary import Action, RowCondition
from cds_service.clinical.treatment.so_far import TreatmentSoFar
from cds_service.clinical.treatment.steroids import Equivalents

TASK, SERVICE, MEDICATION = "task", "service", "medication"
# Requests that no guideline row makes: to settle a taper, to check each day, to look at a dose.
TAPER_PLAN, DAILY_CHECK, DOSE_REVIEW = "taper-plan", "daily-check", "dose-review"


class Proposal(NamedTuple):
    """One thing that could be created: an assessment that is due, an investigation, a drug.

    `replaces`: the running drugs whose place it takes, for it is not given besides. `until`: the last day of what is
    done daily. `about`: the drug that a request is about. `if_no_crs`: it is meant for patients without CRS, which is
    not known. `condition`: of the source's row, where only the reader can say whether it holds. `without_crs`: it is
    the source's row for patients without CRS, and there is CRS.
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
    without_crs: bool = False


class DraftContext(NamedTuple):
    """A patient's status and the rules."""

    evaluation: Evaluation
    rules: Rules

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What is advised at the present grade."""
        return self.evaluation.advice

    @property
    def treatment(self) -> TreatmentSoFar:
        """What was given so far."""
        return self.evaluation.treatment

    @property
    def now(self) -> datetime:
        """The moment of the present grade."""
        return self.evaluation.icans.time

    @property
    def grade(self) -> int:
        """The present grade; 0 where there is none."""
        return self.evaluation.icans.grade or 0

    @property
    def weight(self) -> float | None:
        """Kilograms by the newest record."""
        return self.evaluation.profile.weight_kg

    @property
    def choice(self) -> SteroidChoice:
        """How one of several corticosteroids is chosen."""
        return self.rules.decisions.steroid_choice

    @property
    def equivalents(self) -> Equivalents:
        """Mg of each corticosteroid that are equivalent to one another (rule E5)."""
        return self.rules.decisions.steroids.dexamethasone_equivalent_mg


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
