"""The cards of the sandbox patients, as a clinician reviews them and as an EHR receives them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from cds_service.app import decider_of
from cds_service.clinical.facts.occasion import OccasionKind
from cds_service.clinical.facts.orders import Order
from cds_service.decision import Decider
from cds_service.fhir_mapping.gathered import Gathered
from cds_service.fhir_mapping.orders.drafts import Call, draft_of, read_drafts
from cds_service.fhir_mapping.r4.bundles import read_page
from cds_service.fhir_mapping.write.resources import Subject
from cds_service.knowledge import load_knowledge
from cds_service.sandbox.stories.story import Story, read_stories
from cds_service.settings import Settings
from tests.golden.asked import ASKED, Asked

LANGUAGE = Settings().language
FOLDER = Path(__file__).parent / "cards"
Json = dict[str, Any]


def golden_files() -> Iterator[tuple[Path, str]]:
    """Every golden file and its expected contents: the cards and the whole answer for each chart, order and stay."""
    decider, stories = decider_of(Settings(), load_knowledge()), {story.slug: story for story in read_stories()}
    for asked in (*(Asked(slug, OccasionKind.PATIENT_VIEW) for slug in stories), *ASKED):
        story = stories[asked.slug]
        answer = _answer(decider, story, asked)
        name = story.slug if asked.hook == OccasionKind.PATIENT_VIEW else f"{story.slug}.{asked.hook}"
        yield FOLDER / f"{name}.md", "\n".join(_to_read(story, asked, answer))
        yield FOLDER / f"{name}.json", _to_compare(answer)


def _to_compare(answer: Json) -> str:
    """The codes and figures of the answer; the text that a card shows is only in the Markdown file beside it.

    The fingerprint of the knowledge is left out: it changes with every table, even if no card changes.
    """
    extension = {name: _without_leaflets(part) for name, part in answer.get("extension", {}).items()}
    coded = answer | {"cards": [_without_words(card) for card in answer["cards"]], "extension": extension}
    return re.sub(r"sha256:[0-9a-f]+", "sha256:...", json.dumps(coded, indent=2, ensure_ascii=False)) + "\n"


def _without_words(card: Json) -> Json:
    coded = {key: value for key, value in card.items() if key not in ("summary", "detail")}
    if "suggestions" in card:
        coded["suggestions"] = [_without_label(suggestion) for suggestion in card["suggestions"]]
    return coded


def _without_label(suggestion: Json) -> Json:
    actions = [
        {key: value for key, value in action.items() if key != "description"} for action in suggestion["actions"]
    ]
    return {key: value for key, value in suggestion.items() if key != "label"} | {"actions": actions}


def _without_leaflets(evaluation: Json) -> Json:
    """What a patient takes home is on the card in one language; only the others are kept here."""
    alerts = [
        alert | {"forPatient": {language: text for language, text in found.items() if language != LANGUAGE}}
        if (found := alert.get("forPatient"))
        else alert
        for alert in evaluation.get("findings", ())
    ]
    return evaluation | ({"findings": alerts} if alerts else {})


def _answer(decider: Decider, story: Story, asked: Asked) -> Json:
    """The answer at the present of the story; its identifiers are numbered, so that they never change."""
    page = read_page(json.dumps(story.bundle).encode())
    moment, numbers = datetime.fromisoformat(story.bundle["timestamp"]), count(1)
    gathered = Gathered(story.slug, None, page.resources, page.unreadable)
    subject = Subject(story.slug, None, moment)
    drafts = [draft_of(order, subject, decider.terminology.value_sets) for order in asked.orders]
    call = Call(f"icans-{asked.hook}", asked.hook, read_drafts({"entry": [{"resource": draft} for draft in drafts]}))
    decision = decider.decide(gathered, moment, call, lambda: f"00000000-0000-4000-8000-{next(numbers):012}")
    return decider.response(decision)


def _to_read(story: Story, asked: Asked, answer: Json) -> Iterator[str]:
    yield from (f"# {story.title}", "", story.reason, "")
    rules = ", ".join(story.rules)
    yield f"Seen at {story.bundle['timestamp']}. Rules: {rules}. Written by `make golden`; read the diff."
    if asked.hook != OccasionKind.PATIENT_VIEW:
        yield from ("", f"Asked at {asked.hook}: {'; '.join(_asked(order) for order in asked.orders) or 'no orders'}.")
    if not answer["cards"]:
        yield from ("", "No card.", "")
    for card in answer["cards"]:
        yield from ("", "---", "", f"## [{card['indicator']}] {card['summary']}", "", card["detail"], "")
        for suggestion in card.get("suggestions", ()):
            yield f"- [ ] {suggestion['label']}"
            described = (action["description"] for action in suggestion["actions"])
            yield from (f"  - {one}" for one in described if one != suggestion["label"])
        yield ""


def _asked(order: Order) -> str:
    doses = (f"{dose.amount:g} mg, {dose.a_day:g} a day" for dose in order.doses)
    return ", ".join([order.drug, *doses, order.status])
