"""QuestionnaireResponses to items of a score."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import (
    NOW,
    hours_ago,
)
from tests.unit.mapping import gaps, mapped, values

QUESTIONNAIRE = "https://icans-cds.example/fhir/Questionnaire/ice"


def response(*items: dict, **more: object) -> dict:
    """A completed ICE questionnaire."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "questionnaire": f"{QUESTIONNAIRE}|1.0",
        "status": "completed",
        "subject": {"reference": "Patient/p-1"},
        "authored": hours_ago(2),
        "item": list(items),
    } | more


def item(link: str, *answers: dict, **more: object) -> dict:
    """An item with answers."""
    return {"linkId": link, "answer": list(answers)} | more


def test_answers_are_read_by_link_id_nested_too() -> None:
    nested = item(
        "group", item=[item("ice-writing", {"valueInteger": 0, "item": [item("ice-attention", {"valueDecimal": 1})]})]
    )

    facts = mapped(response(nested, item("ice-naming", {"valueInteger": 3}), item("other", {"valueInteger": 9})))

    assert ([0], [1], [3]) == (
        values(facts, "ice-writing"),
        values(facts, "ice-attention"),
        values(facts, "ice-naming"),
    )
    assert ("QuestionnaireResponse/q-1", NOW - timedelta(hours=2)) == (
        facts.of("ice-naming")[0].source,
        facts.of("ice-naming")[0].time,
    )


def test_a_coded_answer_of_a_questionnaire() -> None:
    answer = {"valueCoding": {"system": "https://icans-cds.example/fhir/CodeSystem/icans", "code": "refused"}}

    assert ["refused"] == values(mapped(response(item("ice-not-performed", answer))), "ice-not-performed")


def test_an_answer_without_link_and_one_that_is_impossible() -> None:
    facts = mapped(response({"answer": [{"valueInteger": 3}]}, item("ice-naming", {"valueInteger": 4})))

    assert {} == facts.records
    assert {("ice-naming", "implausible")} == gaps(facts)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"status": "in-progress"}, "unusable-status"),
        ({"authored": None}, "unreadable"),
        ({"modifierExtension": [{"url": "urn:x"}]}, "unreadable"),
    ],
)
def test_a_questionnaire_that_is_not_finished_is_never_scored(more: dict, kind: str) -> None:
    facts = mapped(response(item("ice-naming", {"valueInteger": 3}), **more))

    assert {} == facts.records
    assert {kind} == {gap.kind for gap in facts.gaps}


def test_another_questionnaire_is_passed_over() -> None:
    facts = mapped(
        response(item("ice-naming", {"valueInteger": 3}), questionnaire="urn:phq-9"),
        response(questionnaire=None, id="q-2"),
    )

    assert ({}, set()) == (facts.records, gaps(facts))
