"""A proposal for a draft order or task, and what rules one out whatever its source (rules P1, Q3, Q4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.course.concepts import ICE
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.advice import CHILD, Regimen
from cds_service.clinical.tables.decision_rules import SteroidChoice
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.vocabulary import Action, DueKind, Orderable, RowCondition
from cds_service.clinical.treatment.so_far import TreatmentSoFar
from cds_service.clinical.treatment.steroids import Equivalents


class ProposalKind(StrEnum):
    """Which request a proposal becomes: a Task, a ServiceRequest, a MedicationRequest."""

    TASK = "task"
    SERVICE = "service"
    MEDICATION = "medication"


class Proposal(NamedTuple):
    """One thing that could be created: an assessment that is due, an investigation, a drug.

    `replaces`: the running drugs that it would replace rather than be added to. `until`: the last day of something done
    daily. `about`: the drug that a request is about. `if_no_crs`: it is meant for patients without CRS, and it is
    unknown whether there is CRS. `published`: the source's regimen, from which the one dose in `regimen` is drafted.
    `condition`: that of the source's row, if only the reader can judge whether it is met. `without_crs`: it comes from
    the source's row for patients without CRS, although there is CRS. `own`: it comes from the site's own protocol.
    """

    kind: ProposalKind
    action: Orderable
    due: datetime | None = None
    regimen: Regimen | None = None
    published: Regimen | None = None
    source: str = ""
    replaces: tuple[Drug, ...] = ()
    until: date | None = None
    about: Drug | None = None
    if_no_crs: bool = False
    condition: RowCondition | None = None
    without_crs: bool = False
    own: bool = False


def assessment(evaluation: Evaluation, due: datetime) -> Proposal:
    """The reminder of an assessment by the patient's instrument; by ICE if the age leaves it open."""
    return Proposal(ProposalKind.TASK, DueKind(evaluation.instrument or ICE), due=due)


class DraftContext(NamedTuple):
    """A patient's status and the rules that drafting depends on."""

    evaluation: Evaluation
    rules: Rules

    @property
    def advice(self) -> tuple[Advice, ...]:
        """The advice for the present grade."""
        return self.evaluation.advice

    @property
    def treatment(self) -> TreatmentSoFar:
        """The treatment given so far."""
        return self.evaluation.treatment

    @property
    def now(self) -> datetime:
        """The moment of the present grade."""
        return self.evaluation.icans.time

    @property
    def grade(self) -> int:
        """The present grade; 0 if there is none."""
        return self.evaluation.icans.grade or 0

    @property
    def weight(self) -> float | None:
        """Body weight in kg, if there is a current record (rule P2)."""
        return self.evaluation.profile.weight_kg

    @property
    def choice(self) -> SteroidChoice:
        """The rules for choosing one of several corticosteroids."""
        return self.rules.decisions.steroid_choice

    @property
    def equivalents(self) -> Equivalents:
        """The mg of each corticosteroid that are equivalent to one another (rule E5)."""
        return self.rules.decisions.steroids.dexamethasone_equivalent_mg


class Hold(StrEnum):
    """Why a draft is held back: a deficit not yet imaged, a haemorrhage, or a child whose ICANS needs more."""

    DEFICIT = "Q3"
    BLEEDING = "Q4"
    CHILD = "P1"


def holds_on(context: DraftContext, action: Action) -> tuple[Hold, ...]:
    """The reasons not to draft an action; empty if nothing rules it out."""
    return tuple(_holds(context, action)) if action in (Action.CORTICOSTEROID, Action.TOCILIZUMAB) else ()


def _holds(context: DraftContext, action: Action) -> Iterator[Hold]:
    found, evaluation = context.evaluation.emergencies, context.evaluation
    if found.deficit is not None or found.unimaged:
        yield Hold.DEFICIT
    if found.bleeding is not None:
        yield Hold.BLEEDING
    # No corticosteroid can be drafted for a child, and tocilizumab alone does not treat ICANS
    needs_both = evaluation.history.treated_grade >= context.rules.decisions.drafts.corticosteroid_from_grade
    if action is Action.TOCILIZUMAB and needs_both and evaluation.age_group == CHILD:
        yield Hold.CHILD
