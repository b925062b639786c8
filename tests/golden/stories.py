"""The cards of the sandbox patients, as a clinician would review them and as an EHR gets them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from cds_service.app import decider_of
from cds_service.decision import Decider
from cds_service.fhir_mapping.bundles import read_page
from cds_service.fhir_mapping.drafts import Call
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.hooks.patient_view import SERVICE
from cds_service.knowledge import load_knowledge
from cds_service.sandbox.stories import Story, read_stories
from cds_service.settings import Settings

FOLDER = Path(__file__).parent / "cards"


def golden_files() -> Iterator[tuple[Path, str]]:
    """Every golden file with what it should hold: for each story the cards to read and the whole answer."""
    decider = decider_of(Settings(), load_knowledge())
    for story in read_stories():
        answer = _answer(decider, story)
        yield FOLDER / f"{story.slug}.md", "\n".join(_to_read(story, answer))
        yield (
            FOLDER / f"{story.slug}.json",
            _without_fingerprint(json.dumps(answer, indent=2, ensure_ascii=False)) + "\n",
        )


def _without_fingerprint(text: str) -> str:
    """Every change of any table changes the fingerprint; the cards that it does not change shall not show in a diff."""
    return re.sub(r"sha256:[0-9a-f]+", "sha256:...", text)


def _answer(decider: Decider, story: Story) -> dict[str, Any]:
    """The answer at the moment of the story; its identifiers are counted so that they never change."""
    page = read_page(json.dumps(story.bundle).encode())
    moment, numbers = datetime.fromisoformat(story.bundle["timestamp"]), count(1)
    gathered = Gathered(story.slug, None, page.resources, page.unreadable)
    return decider.decide(
        gathered, moment, Call(SERVICE.id, SERVICE.hook), lambda: f"00000000-0000-4000-8000-{next(numbers):012}"
    ).response


def _to_read(story: Story, answer: dict[str, Any]) -> Iterator[str]:
    yield from (f"# {story.title}", "", story.reason, "")
    rules = ", ".join(story.rules)
    yield f"Seen at {story.bundle['timestamp']}. Rules: {rules}. Written by `make golden`; read the diff."
    if not answer["cards"]:
        yield from ("", "No card.", "")
    for card in answer["cards"]:
        yield from ("", "---", "", f"## [{card['indicator']}] {card['summary']}", "", card["detail"], "")
        yield from (f"- [ ] {suggestion['label']}" for suggestion in card.get("suggestions", ()))
        yield ""
