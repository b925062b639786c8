"""The view of an answer that all cards share: its texts, the ward's clock, and the footer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from cds_service.clinical.assess import Answer
from cds_service.clinical.course.sedation import Spell
from cds_service.clinical.facts.gap import UnknownAnswer
from cds_service.clinical.grading.attribution import Cause, CauseKind
from cds_service.clinical.grading.domain import Domain
from cds_service.clinical.status.evaluation import Evaluation
from cds_service.clinical.tables.names import Drug
from cds_service.clinical.tables.vocabulary import DueKind
from cds_service.rendering.words.wording import Wording

_SECONDS_AN_HOUR = 3600
_HOURS_WITH_WEEKDAY = 72
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Clock:
    """The present time on the ward."""

    now: datetime
    zone: tzinfo

    def brief(self, moment: datetime) -> str:
        """Today as hh:mm, up to three days away with the weekday, otherwise with the date."""
        local = moment.astimezone(self.zone)
        if self._is_today(moment):
            return f"{local:%H:%M}"
        if abs(self.hours_since(moment)) > _HOURS_WITH_WEEKDAY:
            return f"{local:%d %b %H:%M}"
        return f"{_DAYS[local.weekday()]} {local:%H:%M}"

    def show(self, moment: datetime) -> str:
        """The same and, for another day, how long ago."""
        hours, brief = self.hours_since(moment), self.brief(moment)
        with_hours = not self._is_today(moment) and 0 < hours <= _HOURS_WITH_WEEKDAY
        return f"{brief}, {hours} h ago" if with_hours else brief

    def date(self, moment: datetime) -> str:
        """A day: "2 Mar"."""
        local = moment.astimezone(self.zone)
        return f"{local.day} {local:%b}"

    def _is_today(self, moment: datetime) -> bool:
        return moment.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()

    def hours_since(self, moment: datetime) -> int:
        """Whole hours, rounded."""
        return round((self.now - moment).total_seconds() / _SECONDS_AN_HOUR)


@dataclass(frozen=True, slots=True)
class View:
    """One answer, the texts to present it, and the ward's clock.

    `demo`: not for patients; `full_detail`: show everything.
    """

    answer: Answer
    wording: Wording
    clock: Clock
    demo: bool
    full_detail: bool = False

    @property
    def evaluation(self) -> Evaluation:
        """The patient's status."""
        return self.answer.evaluation

    def say(self, place: str, /, **values: object) -> str:
        """A text with its placeholders filled."""
        return self.wording.say(place, **values)

    def fits_button(self, label: str) -> bool:
        """Whether a label is short enough for a button."""
        return len(label) <= self.wording.behaviour.label_up_to

    def drug(self, name: Drug) -> str:
        """The name of a drug or product."""
        return self.say(f"advice.drug.{name}")

    def at(self, moment: datetime) -> str:
        """A time on the ward, with how long ago."""
        return self.clock.show(moment)

    def at_briefly(self, moment: datetime) -> str:
        """A time on the ward, if space is limited."""
        return self.clock.brief(moment)

    @property
    def instrument(self) -> str:
        """ICE or CAPD; both if the birth date does not decide which (rule T7)."""
        return self.say(f"status.instrument.{self.evaluation.instrument or 'either'}")

    @property
    def due(self) -> str:
        """What is due next: a score or a neurological check; empty if nothing is."""
        due = self.evaluation.due
        if due is None:
            return ""
        checked = due.kind is DueKind.NEUROLOGICAL_CHECK
        return self.say("status.due.neurological-check") if checked else self.instrument

    @property
    def therapy_checked(self) -> bool:
        """Whether therapy was looked up at all."""
        return self.evaluation.received.therapy_checked

    @property
    def product(self) -> str:
        """The short name of the last product given."""
        therapy = self.evaluation.therapy
        if therapy is None:
            return ""
        if therapy.product is not None:
            return therapy.product.short
        return self.say("status.place.unnamed", therapy_class=therapy.last.therapy_class)

    def charted(self, unknown: UnknownAnswer) -> str:
        """The display of an answer that nobody knows, in quotes and without any markup; empty if there is none."""
        return f"“{self.wording.quoted(unknown.display)}”" if unknown.display else ""

    def cause(self, cause: Cause) -> str:
        """A cause in words; a clinician's own text is shown without markup."""
        if cause.kind is CauseKind.QUOTED:
            return f"“{self.wording.quoted(cause.name)}”"
        if cause.kind is CauseKind.SEDATIVE:
            return self.say(f"advice.drug.{cause.name}")
        return self.say(f"status.value.{cause.name}")

    @property
    def causes(self) -> list[Cause]:
        """Everything that may explain a finding, each once."""
        return list(dict.fromkeys(cause for domain in self.evaluation.icans.domains for cause in domain.explained_by))

    @property
    def score(self) -> Domain | None:
        """The ICE or CAPD domain; None if nothing was graded."""
        return self.evaluation.icans.score

    @property
    def spell(self) -> Spell | None:
        """What is sedating or paralysing the patient now (rule A1)."""
        return self.evaluation.signs.sedation

    @property
    def sedative(self) -> str:
        """The drug that does so; empty if there is none."""
        return self.drug(self.spell.given.drug) if self.spell else ""


def footer_lines(view: View) -> Iterator[str]:
    """The editions by which it was graded and whose advice is shown."""
    evaluation, conditional = view.evaluation, view.evaluation.alternatives.if_confirmed
    advice = (*evaluation.advice, *(conditional.advice if conditional else ()))
    sources = (evaluation.edition, *(entry.source for entry in advice))
    labels = ", ".join(dict.fromkeys(sources))
    yield view.say("detail.footer.text", time=view.at(evaluation.as_of), editions=labels)
    if view.demo:
        yield view.say("detail.footer.demo")
