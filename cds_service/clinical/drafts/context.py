"""What drafts are made from: the status of a patient, and the rules on how to choose."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cds_service.clinical.advice.selection import Advice
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.decision_rules import SteroidChoice
from cds_service.clinical.tables.guideline import Rules
from cds_service.clinical.treatment.equivalence import Equivalents
from cds_service.clinical.treatment.so_far import TreatmentSoFar


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
