"""A card in the terms of CDS Hooks, before it is written as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Self

from cds_service.clinical.assess import Answer
from cds_service.clinical.drafts.proposal import Proposal
from cds_service.clinical.order_checks.alert import Change
from cds_service.clinical.status.urgency import Urgency
from cds_service.clinical.tables.vocabulary import Indicator
from cds_service.rendering.topics import Topic
from cds_service.rendering.words.view import Clock, View
from cds_service.rendering.words.wording import Wording


class CardKind(StrEnum):
    """What a card is about: the patient's status, orders or an encounter, orders that could not be judged."""

    STATUS = "status"
    ALERTS = "alerts"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Presentation:
    """How cards are presented: the texts, those for patients too, and whether this is a demo.

    `leaflet`: for patients whose language is unknown or not among `leaflets`. `links`: the site's own pages by kind
    (wallet-card, handout). `contact`: the number for patients to call. `full_assessment`: include the full assessment
    in the answer when a chart is opened; `full_detail`: also make it the detail of the status card.
    """

    wording: Wording
    leaflet: Wording
    demo: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    leaflets: Mapping[str, Wording] = field(default_factory=dict)
    full_assessment: bool = False
    full_detail: bool = False

    def view_of(self, answer: Answer) -> View:
        """An answer with the texts and the clock to present it."""
        clock = Clock(answer.evaluation.as_of, answer.evaluation.zone)
        return View(answer, self.wording, clock, self.demo, self.full_detail)

    def leaflet_in(self, language: str) -> Wording:
        """The texts for a patient who speaks this language."""
        return self.leaflets.get(language, self.leaflet)


class Link(NamedTuple):
    """A page of the site: what the reader sees, and its absolute address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option: its label, what would be ordered or changed, and the text that the order then carries.

    `uuid`: empty until the card is part of an answer. `recommended`: an EHR may preselect it, so it is never a drug or
    a place of care. `description`: that of its action, with source and conditions; empty if the label says everything.
    """

    label: str
    offer: Proposal | Change
    text: str = ""
    uuid: str = ""
    recommended: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One card: kind and topic are codes, texts are in the reader's language.

    `quieter`: the lower indicator for a user who has already answered the card.
    `uuid`: empty until the card is part of an answer.
    """

    kind: CardKind
    summary: str
    detail: str
    urgency: Urgency
    topic: Topic
    suggestions: tuple[Suggestion, ...]
    links: tuple[Link, ...] = ()
    quieter: Indicator | None = None
    uuid: str = ""

    @property
    def indicator(self) -> Indicator:
        """The indicator shown: that of its urgency, unless the card is a repeat."""
        return self.quieter or self.urgency.indicator

    def identified(self, new_uuid: Callable[[], str]) -> Self:
        """The card and its suggestions, each with the identifier by which feedback refers to it."""
        uuid = new_uuid()
        suggestions = tuple(replace(one, uuid=new_uuid()) for one in self.suggestions)
        return replace(self, uuid=uuid, suggestions=suggestions)
