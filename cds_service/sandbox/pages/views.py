"""The data of the pages, prepared for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from markupsafe import Markup

from cds_service.clinical.assess import chart_of
from cds_service.clinical.tables.guideline import Protocol
from cds_service.decision import Decision
from cds_service.hooks.service import Wiring
from cds_service.rendering.status_card.full_assessment import as_html
from cds_service.rendering.wire.response import EXTENSION
from cds_service.sandbox.pages.canvas import Canvas
from cds_service.sandbox.pages.consult import Consultation, consult, pretty
from cds_service.sandbox.pages.feedback import mark_of
from cds_service.sandbox.pages.moments import Moment
from cds_service.sandbox.pages.people import Person, person_of
from cds_service.sandbox.pages.plot import NARROW, WIDE, plot_of
from cds_service.sandbox.pages.standing import Standing, standing_of
from cds_service.sandbox.pages.timeline import Timeline, timeline_of
from cds_service.sandbox.pages.unused import Unused, unused_of
from cds_service.sandbox.pages.words import described
from cds_service.sandbox.sandbox import Sandbox
from cds_service.sandbox.stories.story import Json, Story

# Most urgent first, with the text of each chip.
INDICATORS = {"critical": "Critical", "warning": "Warning", "info": "Information", "": "No card"}


class Row(NamedTuple):
    """One line of the worklist."""

    story: Story
    person: Person
    consultation: Consultation

    @property
    def indicator(self) -> str:
        """The indicator of the status card, which comes first; empty if there is none."""
        return self.consultation.cards[0].indicator.value if self.consultation.cards else ""

    @property
    def standing(self) -> Standing:
        """The grade and its trend."""
        return standing_of(self.consultation.decision)


class Action(NamedTuple):
    """A suggestion: its text, what it would create, and what it would change in the draft being signed.

    `drafted`: when everything that it would create was created, by the ward's clock; empty if it was not.
    """

    label: str
    uuid: str
    resources: tuple[str, ...]
    changes: tuple[str, ...]
    drafted: str = ""


class Overridden(NamedTuple):
    """When a card was overridden, by the ward's clock, and why in words; `reason` is empty if none was given."""

    time: str
    reason: str


class CardView(NamedTuple):
    """A card as an EHR renders it from the response; `mark` identifies it when it is repeated."""

    card: Json
    detail: Markup
    actions: tuple[Action, ...]
    mark: str = ""
    overridden: Overridden | None = None


class Picture(NamedTuple):
    """The course drawn for desktop and for phone, and in words; `graded`: whether grades are drawn."""

    plots: dict[str, Canvas]
    description: str
    graded: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource created by a suggestion."""

    kind: str
    id: str
    text: str
    created: datetime

    @property
    def key(self) -> str:
        """Its address, relative to the FHIR server."""
        return f"{self.kind}/{self.id}"


def rows_of(sandbox: Sandbox, wiring: Wiring) -> list[Row]:
    """The worklist: each patient's answer by prefetch, the highest grade first, then worsening before other trends.

    Patients who are still equal are ordered by urgency.
    """
    rows = [_row(sandbox, wiring, story) for story in sandbox.stories.values()]
    urgent_first = sorted(rows, key=lambda row: list(INDICATORS).index(row.indicator))
    return sorted(urgent_first, key=lambda row: row.standing.rank, reverse=True)


def _row(sandbox: Sandbox, wiring: Wiring, story: Story) -> Row:
    patient = sandbox.store.read("Patient", story.slug) or {"id": story.slug}
    return Row(story, person_of(patient, sandbox.now().date()), consult(sandbox, wiring, story.slug))


def card_views(cards: Iterable[Json], drafts: Sequence[Draft] = (), zone: tzinfo = UTC) -> list[CardView]:
    """The cards with their Markdown rendered; HTML in it stays text, and images are not loaded.

    `drafts`: what was created for the patient, so that nothing is drafted twice; `zone`: the ward's.
    """
    return [
        CardView(
            card,
            _html(card.get("detail", "")),
            tuple(_action(suggestion, drafts, zone) for suggestion in card.get("suggestions", ())),
        )
        for card in cards
    ]


def marked(views: Sequence[CardView], consultation: Consultation, moment: Moment, sandbox: Sandbox) -> list[CardView]:
    """The same cards with their marks, and with their override if there is one."""
    decision = consultation.decision
    if decision is None:
        return []
    marks = [mark_of(card, decision, moment) for card in decision.cards]
    return [
        view._replace(mark=mark, overridden=_overridden(sandbox, mark, consultation.zone))
        for view, mark in zip(views, marks, strict=True)
    ]


def _overridden(sandbox: Sandbox, mark: str, zone: tzinfo) -> Overridden | None:
    found = sandbox.overridden.get(mark)
    return found and Overridden(_on_the_clock(found.time, zone), found.reason)


def unused_values(consultation: Consultation, sandbox: Sandbox, wiring: Wiring) -> list[Unused]:
    """The recorded values of the patient that are not used; empty if there is no answer."""
    decision = consultation.decision
    if decision is None:
        return []
    observations = sandbox.store.all("Observation", decision.subject.patient_id)
    return list(unused_of(observations, decision, wiring.decider.mapper))


def assessment_of(consultation: Consultation) -> Markup:
    """The full assessment, rendered; empty if there is no card."""
    return _html(consultation.response.get("extension", {}).get(EXTENSION, {}).get("fullAssessment", ""))


def _html(markdown: str) -> Markup:
    return Markup(as_html(markdown))  # noqa: S704  (the renderer has escaped it)


def _action(suggestion: Json, drafts: Sequence[Draft], zone: tzinfo) -> Action:
    actions = suggestion.get("actions", ())
    created = [one["resource"] for one in actions if one["type"] == "create"]
    changes = tuple(pretty(one) for one in actions if one["type"] != "create")
    return Action(
        suggestion["label"], suggestion["uuid"], tuple(map(pretty, created)), changes, _drafted(created, drafts, zone)
    )


def _drafted(resources: Sequence[Json], drafts: Sequence[Draft], zone: tzinfo) -> str:
    """When the last of them was created; drafts of the same kind and content count as the same."""
    times = {(draft.kind, draft.text): draft.created for draft in reversed(drafts)}
    found = [times.get((one["resourceType"], _said_by(one))) for one in resources]
    known = [time for time in found if time is not None]
    return _on_the_clock(max(known), zone) if known and len(known) == len(found) else ""


def _on_the_clock(time: datetime, zone: tzinfo) -> str:
    return f"{time.astimezone(zone):%H:%M}"


def picture_of(consultation: Consultation, protocol: Protocol) -> Picture | None:
    """The drawn course; None if there is nothing to draw."""
    timeline = course_of(consultation.decision, protocol) if consultation.decision else None
    if timeline is None:
        return None
    plots = {"wide": plot_of(timeline, WIDE), "narrow": plot_of(timeline, NARROW)}
    return Picture(plots, described(timeline), timeline.scored)


def course_of(decision: Decision, protocol: Protocol) -> Timeline | None:
    """The course that a decision was about; None if nothing is charted that could be drawn."""
    evaluation = decision.evaluation
    return timeline_of(chart_of(decision.facts, evaluation.as_of, protocol), evaluation)


def drafts_of(sandbox: Sandbox, patient_id: str) -> list[Draft]:
    """The drafts that suggestions created for a patient since the stories started, newest first."""
    return [_draft(one) for one in reversed(sandbox.store.created(patient_id))]


def _draft(resource: Json) -> Draft:
    kind, created = resource["resourceType"], datetime.fromisoformat(resource["meta"]["lastUpdated"])
    return Draft(kind, resource["id"], _said_by(resource) or kind, created)


def _said_by(resource: Json) -> str:
    """The subject of a task, the drug and dose of a prescription, or the request of another order."""
    drug = resource.get("medicationCodeableConcept", {}).get("text", "")
    doses = (one.get("text", "") for one in resource.get("dosageInstruction", ()))
    prescribed = " ".join(filter(None, (drug, *doses)))
    return str(resource.get("description") or prescribed or resource.get("code", {}).get("text", ""))
