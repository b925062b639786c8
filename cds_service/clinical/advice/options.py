"""Questions that hooks ask of the advice which applies to a patient (`evaluation.advice`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.tables.next_dose import STOP, WITHHOLD

CORTICOSTEROID = "corticosteroid"
DEXAMETHASONE = "dexamethasone"


def lowest_steroid_total(
    advice: Iterable[Advice], equivalents: Mapping[str, float], weight_kg: float | None
) -> float | None:
    """The lowest total of 24 h, as mg of dexamethasone, among the corticosteroid options that may be shown.

    Give it `evaluation.advice` and `evaluation.profile.weight_kg`; None where no option has a verified dose.
    `equivalents` is `rules.decisions.steroids.dexamethasone_equivalent_mg` (rule E5).
    """
    regimens = [one for entry in advice if entry.row.action == CORTICOSTEROID for one in entry.regimens]
    totals = [
        total * equivalents[DEXAMETHASONE] / equivalents[one.drug]
        for one in regimens
        if one.drug in equivalents and (total := one.lowest_mg_in_24_hours(weight_kg)) is not None
    ]
    return min(totals, default=None)


def next_dose_advice(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """What sources say against the next dose now: entries that withhold it or stop the therapy; else nothing.

    Give it `evaluation.advice`: what holds for the next dose is there even where the present grade is not known.
    """
    return tuple(entry for entry in advice if entry.row.action in (WITHHOLD, STOP))
