"""The text of an order is what an EHR files, never the label of a suggestion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.app import decider_of
from cds_service.checks.answers import answer_to
from cds_service.checks.specification import packaged_cases
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings

WORDS = ("draft", "change", "one of these", "reminder", "task:")


def texts(value: Any, name: str = "") -> Iterator[str]:
    """Every text inside a resource."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str) and name in ("text", "description"):
        yield value


@pytest.fixture(scope="module")
def resources(knowledge: Knowledge) -> list[dict[str, Any]]:
    """What all suggestions of all cases would create or change."""
    decider = decider_of(Settings(), knowledge)
    cards = [card for case in packaged_cases() for card in answer_to(case, decider)["cards"]]
    actions = [action for card in cards for offer in card.get("suggestions", ()) for action in offer["actions"]]
    return [action["resource"] for action in actions if "resource" in action]


@pytest.mark.requirement("hooks:A1")
def test_no_order_says_that_it_is_a_draft_or_where_it_comes_from(
    resources: list[dict[str, Any]], knowledge: Knowledge
) -> None:
    editions = {table.edition.label for table in knowledge.protocol.tables}
    unwanted = (*WORDS, *map(str.casefold, editions))
    said = {text for resource in resources for text in texts(resource)}

    assert [] == sorted(text for text in said if not text or any(word in text.casefold() for word in unwanted))


def test_every_kind_of_order_says_what_it_is(resources: list[dict[str, Any]]) -> None:
    said = {text for resource in resources for text in texts(resource)}

    assert {
        "EEG",
        "10 mg IV every 12 h",
        "10 mg IV every 12 h, in place of the running dexamethasone",
        "800 mg a dose",
        "Pharmacist review of the fludarabine dose by creatinine clearance",
    } <= said


@pytest.mark.rule("P2")
def test_every_drug_is_one_dose_at_one_interval(resources: list[dict[str, Any]]) -> None:
    drafts = [one for one in resources if one["resourceType"] == "MedicationRequest"]
    dosages = [one for draft in drafts if draft.get("status") == "draft" for one in draft["dosageInstruction"]]

    assert dosages
    for dosage in dosages:
        (dose,) = dosage["doseAndRate"]
        assert "doseQuantity" in dose or {"high"} == set(dose["doseRange"])
        assert not {"periodMax", "frequencyMax"} & set(dosage.get("timing", {}).get("repeat", {}))
