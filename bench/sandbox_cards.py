"""The status cards of the sandbox patients, each at the present of its story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from cds_service.app import decider_of
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call, read_drafts
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.knowledge import load_knowledge
from cds_service.rendering.card import Card, CardKind
from cds_service.sandbox.stories.story import read_stories
from cds_service.settings import Settings


def status_cards() -> Iterator[tuple[str, Card]]:
    """Each patient who has a card: the slug and the card."""
    decider, opened = decider_of(Settings(), load_knowledge()), OccasionKind.PATIENT_VIEW
    for story in read_stories():
        page, moment = read_page(json.dumps(story.bundle).encode()), datetime.fromisoformat(story.bundle["timestamp"])
        gathered = Gathered(story.slug, None, page.resources, page.unreadable)
        decision = decider.decide(gathered, moment, Call(f"icans-{opened}", opened, read_drafts({})), lambda: "")
        yield from ((story.slug, card) for card in decision.cards if card.kind == CardKind.STATUS)
