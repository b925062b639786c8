"""Questions that hooks ask of the advice which applies to a patient (`evaluation.advice`)."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.tables.vocabulary import Action
from cds_service.clinical.treatment.equivalence import Equivalents, least_of_regimen


def lowest_steroid_total(advice: Iterable[Advice], equivalents: Equivalents, weight_kg: float | None) -> float | None:
    """The lowest total of 24 h, as mg of dexamethasone, among the corticosteroid options that may be shown.

    Give it `evaluation.advice` and `evaluation.profile.weight_kg`; None where no option has a verified dose.
    `equivalents` is `rules.decisions.steroids.dexamethasone_equivalent_mg` (rule E5).
    """
    regimens = [one for entry in advice if entry.row.action is Action.CORTICOSTEROID for one in entry.regimens]
    totals = (least_of_regimen(one, weight_kg, equivalents) for one in regimens)
    return min((total for total in totals if total is not None), default=None)


def next_dose_advice(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """What sources say against the next dose now: entries that withhold it or stop the therapy; else nothing.

    Give it `evaluation.advice`: what holds for the next dose is there even where the present grade is not known.
    """
    return tuple(entry for entry in advice if entry.row.action in (Action.WITHHOLD, Action.STOP))
