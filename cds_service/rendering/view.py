"""What rendering needs of an evaluation, close at hand."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.clinical import icans as neuro
from cds_service.clinical.assessment import Assessment
from cds_service.clinical.evaluation import Evaluation
from cds_service.clinical.facts import Finding
from cds_service.clinical.icans import Domain
from cds_service.rendering.clock import Clock
from cds_service.rendering.wording import Wording


@dataclass(frozen=True, slots=True)
class View:
    """One evaluation, the words to tell it in, and the ward's clock."""

    evaluation: Evaluation
    wording: Wording
    clock: Clock

    def say(self, place: str, **values: object) -> str:
        """A text with its gaps filled."""
        return self.wording.say(place, **values)

    def at(self, moment: object) -> str:
        """A time on the ward."""
        return self.clock.show(moment)  # type: ignore[arg-type]

    @property
    def instrument(self) -> str:
        """ICE or CAPD."""
        return self.wording.word(f"status.instrument.{self.evaluation.instrument or neuro.ICE}")

    @property
    def product(self) -> str:
        """The short name of what was given last."""
        dose = self.evaluation.last_dose
        products = self.evaluation.chart.rules.drugs.products
        if dose is None:
            return ""
        if dose.product in products:
            return products[dose.product].short
        return self.say("status.place.unnamed", therapy_class=dose.therapy_class)

    def value(self, domain: Domain) -> str:
        """What a domain's finding says, in words."""
        return self.wording.word(f"status.value.{domain.value}")

    @property
    def score(self) -> Domain | None:
        """The ICE or CAPD domain; None where nothing was graded."""
        return self.evaluation.icans.score

    @property
    def arousal(self) -> Domain | None:
        """The consciousness domain; None where nothing was graded."""
        return next((domain for domain in self.evaluation.icans.domains if domain.name == neuro.CONSCIOUSNESS), None)

    @property
    def assessment(self) -> Assessment | None:
        """The ICE or CAPD behind the score domain."""
        chart, score = self.evaluation.chart, self.score
        if score is None or score.time is None:
            return None
        return chart.assessments[score.name].newest(score.time)

    @property
    def earlier_assessment(self) -> Assessment | None:
        """The last assessment of this course with other points, before the present one."""
        present = self.assessment
        if present is None or self.score is None:
            return None
        earlier = self.evaluation.chart.assessments[self.score.name].until(present.time)[:-1]
        return earlier[-1] if earlier and earlier[-1].points != present.points else None

    def newest(self, concept: str) -> tuple[Finding, ...]:
        """The records of a concept that are current as symptoms are."""
        chart = self.evaluation.chart
        return chart.of(concept).within(chart.assessment_window, self.evaluation.as_of)
