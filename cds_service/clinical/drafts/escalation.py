"""When a corticosteroid does not help: which doses exceed what was given, and the next options (rules E2, E5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.proposal import DraftContext
from cds_service.clinical.drafts.steroid_choice import waits
from cds_service.clinical.tables.advice import UP_TO, Regimen
from cds_service.clinical.tables.guideline import DrugEvidence, EvidenceUse
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.escalation import Review
from cds_service.clinical.treatment.steroids import (
    Equivalent,
    Equivalents,
    SteroidsGiven,
    least_of_regimen,
    most_of_regimen,
)

NEXT_STEPS = (Action.REFRACTORY_OPTIONS, Action.CORTICOSTEROID)


class Escalation(NamedTuple):
    """The next step at the present grade, or at the grade that holds if no other cause explains the findings.

    `given_mg`: mg of dexamethasone in the last 24 h; None if unknown. `options`: corticosteroids that may exceed it,
    and refractory options that are not running. `not_drafted`: those doses that are not known to exceed it.
    `without_weight`: doses by weight, which cannot be compared without one and are no options (rule P2). `evidence`:
    published evidence on the refractory options; `without_evidence`: options for which none has been checked.
    """

    given: SteroidsGiven
    review: Review
    given_mg: float | None
    options: tuple[Advice, ...]
    not_drafted: tuple[Regimen, ...]
    without_weight: tuple[Regimen, ...]
    evidence: tuple[DrugEvidence, ...]
    without_evidence: tuple[Regimen, ...]

    @property
    def has_corticosteroid(self) -> bool:
        """Whether a corticosteroid is among the options."""
        return any(entry.row.action is Action.CORTICOSTEROID for entry in self.options)


class RunningSteroid(NamedTuple):
    """The corticosteroids given in the last 24 h for any indication; `equivalent`: None if no amount is known."""

    drugs: tuple[Drug, ...]
    equivalent: Equivalent | None
    equivalents: Equivalents
    weight_kg: float | None

    @property
    def mg(self) -> float | None:
        """Mg of dexamethasone; None if any amount is unknown."""
        return None if self.equivalent is None or self.equivalent.is_least else self.equivalent.mg

    def is_less_than(self, regimen: Regimen) -> bool:
        """Whether even the lowest dose of a regimen exceeds it; False if that is unknown."""
        least = least_of_regimen(regimen, self.weight_kg, self.equivalents)
        return regimen.bound != UP_TO and self.mg is not None and least is not None and least > self.mg

    def may_be_less_than(self, regimen: Regimen) -> bool:
        """Whether the highest dose of a regimen exceeds it or may do so; the known amounts are a lower bound.

        False without the weight that the dose is given by: then nothing can be compared.
        """
        if regimen.lacks_weight(self.weight_kg):
            return False
        most = most_of_regimen(regimen, self.weight_kg, self.equivalents)
        return self.equivalent is None or most is None or most > self.equivalent.mg


def to_exceed(context: DraftContext) -> RunningSteroid | None:
    """What drafts must exceed: the 24 h total, if one of this episode is running or a review is due (rule E2).

    Also if a record cannot be read: then nothing is known to exceed it (rule T8).
    """
    treatment, given = context.treatment, context.treatment.steroids
    if not (treatment.escalate or treatment.on_corticosteroid or given.unread):
        return None
    return RunningSteroid(given.drugs, given.equivalent, context.equivalents, context.weight)


def failed_steroid(context: DraftContext) -> RunningSteroid | None:
    """The corticosteroids given in the last 24 h if a review for escalation is prompted; else None."""
    return to_exceed(context) if context.treatment.escalate else None


def escalation_of(context: DraftContext) -> Escalation | None:
    """None unless a review for escalation is prompted."""
    review, failed = context.treatment.escalation.review, failed_steroid(context)
    if review is None or failed is None:
        return None
    offered = _offered(context)
    options = tuple(_stronger([entry for entry in offered if entry.row.action in NEXT_STEPS], failed))
    evidence = context.rules.refractory.on(EvidenceUse.REFRACTORY)
    known = {row.drug for row in evidence}
    refractory = (one for entry in offered if entry.row.action is Action.REFRACTORY_OPTIONS for one in entry.regimens)
    return Escalation(
        given=context.treatment.steroids,
        review=review,
        given_mg=failed.mg,
        options=options,
        not_drafted=tuple(_not_drafted(context, options, failed)),
        without_weight=tuple(dict.fromkeys(_without_weight(offered, context.weight))),
        evidence=evidence,
        without_evidence=tuple(one for one in refractory if one.drug not in known),
    )


def _offered(context: DraftContext) -> tuple[Advice, ...]:
    conditional = context.evaluation.alternatives.if_confirmed
    return context.advice or (conditional.advice if conditional else ())


def _stronger(entries: Sequence[Advice], failed: RunningSteroid) -> Iterator[Advice]:
    """The entries without regimens that do not exceed what has failed; entries left empty are dropped."""
    for entry in entries:
        dosed = any(regimen.has_dose for regimen in entry.regimens)
        if entry.row.action is not Action.CORTICOSTEROID or not dosed:
            yield entry
        elif left := tuple(regimen for regimen in entry.regimens if failed.may_be_less_than(regimen)):
            yield entry._replace(regimens=left)


def _without_weight(offered: Sequence[Advice], weight_kg: float | None) -> Iterator[Regimen]:
    for entry in offered:
        if entry.row.action is Action.CORTICOSTEROID:
            yield from (one for one in entry.regimens if one.lacks_weight(weight_kg))


def _not_drafted(context: DraftContext, options: Sequence[Advice], failed: RunningSteroid) -> Iterator[Regimen]:
    """Due doses that may exceed it, but whose lowest amount is not known to."""
    for entry in options:
        if entry.row.action is Action.CORTICOSTEROID and not waits(context, entry.row):
            yield from (one for one in entry.regimens if one.has_dose and not failed.is_less_than(one))
