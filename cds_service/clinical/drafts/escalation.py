"""A corticosteroid that does not help: what would be more than was given, and what is next (rules E2, E5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.drafts.context import DraftContext
from cds_service.clinical.drafts.steroid_choice import waits
from cds_service.clinical.tables.guideline import DrugEvidence
from cds_service.clinical.tables.regimen import UP_TO, Regimen
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.equivalence import Equivalents, least_of_regimen, most_of_regimen
from cds_service.clinical.treatment.steroids import SteroidTreatment

NEXT_STEPS = (Action.REFRACTORY_OPTIONS, Action.CORTICOSTEROID)


class Escalation(NamedTuple):
    """What is next, for our grade; where another cause leaves none, for the grade if it is ICANS.

    `given_mg`: of dexamethasone in the last 24 h; None where that is not known. `options`: corticosteroids that may be
    more than that, and refractory options. `not_drafted`: doses among them that nobody can tell to be more.
    `evidence`: what was published of refractory options; `without_evidence`: those of which nothing was checked.
    """

    steroid: SteroidTreatment
    is_worse: bool
    given_mg: float | None
    options: tuple[Advice, ...]
    not_drafted: tuple[Regimen, ...]
    evidence: tuple[DrugEvidence, ...]
    without_evidence: tuple[Regimen, ...]

    @property
    def has_corticosteroid(self) -> bool:
        """Whether a corticosteroid is among the options."""
        return any(entry.row.action is Action.CORTICOSTEROID for entry in self.options)


class GivenSteroid(NamedTuple):
    """What was given in the last 24 h, as mg of dexamethasone; None where an amount is not known."""

    mg: float | None
    equivalents: Equivalents
    weight_kg: float | None
    drugs: tuple[str, ...] = ()

    def is_less_than(self, regimen: Regimen) -> bool:
        """Whether even the least of a regimen is more; what is not known is not."""
        least = least_of_regimen(regimen, self.weight_kg, self.equivalents)
        return regimen.bound != UP_TO and self.mg is not None and least is not None and least > self.mg

    def may_be_less_than(self, regimen: Regimen) -> bool:
        """Whether the most of a regimen is more, or nobody can tell."""
        most = most_of_regimen(regimen, self.weight_kg, self.equivalents)
        return self.mg is None or most is None or most > self.mg


def given_steroid(context: DraftContext) -> GivenSteroid | None:
    """The corticosteroid of this episode in the last 24 h; None where there was none in the whole episode."""
    steroid = context.treatment.steroid
    if steroid is None:
        return None
    drugs = tuple(dict.fromkeys(dose.drug for dose in steroid.given_recently))
    return GivenSteroid(_given_mg(steroid), context.equivalents, context.weight, drugs)


def _given_mg(steroid: SteroidTreatment) -> float | None:
    if not steroid.given_recently:
        return 0.0
    return None if steroid.equivalent is None or steroid.equivalent.is_least else steroid.equivalent.mg


def failed_steroid(context: DraftContext) -> GivenSteroid | None:
    """The same while a review for escalation is prompted; else None."""
    return given_steroid(context) if context.treatment.escalate else None


def escalation_of(context: DraftContext) -> Escalation | None:
    """None unless a review for escalation is prompted."""
    steroid, failed = context.treatment.steroid, failed_steroid(context)
    if steroid is None or failed is None:
        return None
    offered = _offered(context)
    options = tuple(_stronger([entry for entry in offered if entry.row.action in NEXT_STEPS], failed))
    evidence = tuple(row for row in context.rules.refractory.evidence if row.provenance.verified)
    known = {row.drug for row in evidence}
    refractory = (one for entry in offered if entry.row.action is Action.REFRACTORY_OPTIONS for one in entry.regimens)
    return Escalation(
        steroid=steroid,
        is_worse=context.evaluation.icans.all.lo > steroid.grade_then,
        given_mg=failed.mg,
        options=options,
        not_drafted=tuple(_not_drafted(context, options, failed)),
        evidence=evidence,
        without_evidence=tuple(one for one in refractory if one.drug not in known),
    )


def _offered(context: DraftContext) -> tuple[Advice, ...]:
    conditional = context.evaluation.if_confirmed
    return context.advice or (conditional.advice if conditional else ())


def _stronger(entries: Sequence[Advice], failed: GivenSteroid) -> Iterator[Advice]:
    """Entries without the regimens that are no more than what has failed; one with none left is left out."""
    for entry in entries:
        dosed = any(regimen.has_dose for regimen in entry.regimens)
        if entry.row.action is not Action.CORTICOSTEROID or not dosed:
            yield entry
        elif left := tuple(regimen for regimen in entry.regimens if failed.may_be_less_than(regimen)):
            yield entry._replace(regimens=left)


def _not_drafted(context: DraftContext, options: Sequence[Advice], failed: GivenSteroid) -> Iterator[Regimen]:
    """Doses that are due and may be more, of which even the least is not known to be."""
    for entry in options:
        if entry.row.action is Action.CORTICOSTEROID and not waits(context, entry.row):
            yield from (one for one in entry.regimens if one.has_dose and not failed.is_less_than(one))
