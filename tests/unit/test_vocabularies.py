"""The vocabularies of the machine-readable answer are the enumerations of the code, no more and no less."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cds_service.clinical.advice.recommendations import Recommendation
from cds_service.clinical.facts.gap import GapKind
from cds_service.clinical.tables.vocabulary import AlertCode, Refusal
from cds_service.knowledge import Knowledge
from cds_service.knowledge.terminology import read_own_codes
from cds_service.rendering.topics import Topic, topic_of_alert

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "evaluation.schema.json").read_text())


def test_kinds_of_gaps() -> None:
    assert SCHEMA["properties"]["gaps"]["items"]["properties"]["kind"]["enum"] == list(GapKind)


def test_recommendations() -> None:
    assert SCHEMA["properties"]["recommendations"]["items"]["enum"] == list(Recommendation)


def test_topics_of_cards() -> None:
    assert set(read_own_codes("topic")) == set(Topic)


def test_findings_have_an_urgency_and_a_topic(knowledge: Knowledge) -> None:
    assert set(knowledge.protocol.rules.decisions.urgency.alerts) == set(AlertCode)
    assert {topic_of_alert(code) for code in AlertCode} <= set(Topic)


@pytest.mark.parametrize("concept", ["ice-not-performed", "capd-not-performed"])
def test_reasons_why_a_score_was_not_taken(knowledge: Knowledge, concept: str) -> None:
    assert knowledge.terminology.concepts.choices[concept] == tuple(Refusal)
