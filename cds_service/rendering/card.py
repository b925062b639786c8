"""A card in the terms of CDS Hooks but before FHIR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from cds_service.clinical.assess import Answer
from cds_service.clinical.drafts.proposals import Proposal
from cds_service.clinical.order_checks.alert import Change
from cds_service.clinical.status.urgency import Urgency
from cds_service.clinical.tables.indicator import Indicator
from cds_service.rendering.words.clock import Clock
from cds_service.rendering.words.view import View
from cds_service.rendering.words.wording import Wording

STATUS = "status"


@dataclass(frozen=True, slots=True)
class Presentation:
    """How cards are told: in which words, also for patients, and whether this is but a demo.

    `leaflet`: for patients whose language is not known, or not among `leaflets`. `links`: the site's own pages by what
    they are (wallet-card, handout). `contact`: the number that patients call. `full_assessment`: it is part of the
    answer when a chart is opened; `full_detail`: it is the detail of the status card too.
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
        """An answer with the words to tell it in."""
        clock = Clock(answer.evaluation.as_of, answer.evaluation.zone)
        return View(answer, self.wording, clock, self.demo, self.full_detail)

    def leaflet_in(self, language: str) -> Wording:
        """The words for a patient of this language."""
        return self.leaflets.get(language, self.leaflet)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option: what the reader sees, what would be ordered or changed, and what the order then says of itself.

    `uuid`: empty until the card is part of an answer. `recommended`: an EHR may select it beforehand, so it is never a
    drug or a place of care. `description`: of its action, with source and conditions; empty where the label says all.
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

    `links`: label and absolute address. `quieter`: as what it comes back to a user who has answered it. `uuid`: empty
    until the card is part of an answer.
    """

    kind: str
    summary: str
    detail: str
    urgency: Urgency
    topic: str
    suggestions: tuple[Suggestion, ...]
    links: tuple[tuple[str, str], ...] = ()
    quieter: Indicator | None = None
    uuid: str = ""

    @property
    def indicator(self) -> Indicator:
        """As what it is shown: its urgency, unless it is a repetition."""
        return self.quieter or self.urgency.indicator

    def identified(self, new_uuid: Callable[[], str]) -> Self:
        """The card with an identifier of its own, and its suggestions with theirs, by which feedback names them."""
        uuid = new_uuid()
        suggestions = tuple(replace(one, uuid=new_uuid()) for one in self.suggestions)
        return replace(self, uuid=uuid, suggestions=suggestions)
