"""Whether a corticosteroid would be more than what was given in the last 24 h (rules E2, E5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.regimen import UP_TO, Regimen
from cds_service.clinical.treatment.steroids import DEXAMETHASONE, dexamethasone_equivalent


class GivenSteroid(NamedTuple):
    """What was given in the last 24 h, as mg of dexamethasone; None where an amount is not known."""

    mg: float | None
    equivalents: Mapping[str, float]
    weight_kg: float | None
    drugs: tuple[str, ...] = ()

    def is_less_than(self, regimen: Regimen) -> bool:
        """Whether even the least of a regimen is more; what is not known is not."""
        least = self._converted(regimen.drug, regimen.lowest_mg_in_24_hours(self.weight_kg))
        return regimen.bound != UP_TO and self.mg is not None and least is not None and least > self.mg

    def may_be_less_than(self, regimen: Regimen) -> bool:
        """Whether the most of a regimen is more, or nobody can tell."""
        most = self._converted(regimen.drug, regimen.highest_mg_in_24_hours(self.weight_kg))
        return self.mg is None or most is None or most > self.mg

    def _converted(self, drug: str, milligrams: float | None) -> float | None:
        if milligrams is None or drug not in self.equivalents:
            return None
        return milligrams * self.equivalents[DEXAMETHASONE] / self.equivalents[drug]


def given_steroid(evaluation: Evaluation) -> GivenSteroid | None:
    """The corticosteroid of this episode in the last 24 h; None where there was none in the whole episode."""
    steroid = evaluation.treatment.steroid
    if steroid is None:
        return None
    equivalents = evaluation.chart.rules.decisions.steroids.dexamethasone_equivalent_mg
    doses = steroid.given_recently
    given = dexamethasone_equivalent(doses, equivalents) if doses else 0.0
    drugs = tuple(dict.fromkeys(dose.drug for dose in doses))
    return GivenSteroid(given, equivalents, evaluation.profile.weight_kg, drugs)


def failed_steroid(evaluation: Evaluation) -> GivenSteroid | None:
    """The same while a review for escalation is prompted; else None."""
    return given_steroid(evaluation) if evaluation.treatment.escalate else None
