"""Every card has an urgency with a reason, and every reason is a row of table U that some case proves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from cds_service.cases.case import Case
from cds_service.cases.verdict import assessed, protocol_of
from cds_service.checks.specification import packaged_cases
from cds_service.clinical.status.urgency import Reason, Row, Urgency
from cds_service.clinical.tables.vocabulary import Indicator
from cds_service.knowledge import Knowledge
from cds_service.rendering.card import Card, Presentation
from cds_service.rendering.cards import cards_of
from tests.documents import read
from tests.parts import ROOT

DOCS = ROOT / "docs"
_RANGE = re.compile(r"`Q(\d+)` \.\.\. `Q(\d+)`")


def cards_for(case: Case, knowledge: Knowledge) -> tuple[Card, ...]:
    """The cards for a case at its hook."""
    answer = assessed(case, protocol_of(case, knowledge.protocol))
    return cards_of(answer, Presentation(knowledge.wording, knowledge.leaflets["en"]))


def test_every_row_of_table_u_is_the_reason_for_a_card_of_some_case(knowledge: Knowledge) -> None:
    cards = (card for case in packaged_cases() for card in cards_for(case, knowledge))
    assert set(Row) == {reason.row for card in cards for reason in card.urgency.reasons}


def test_every_row_of_a_status_card_is_expected_by_a_case() -> None:
    expected = {reason.split()[0] for case in packaged_cases() for reason in case.expect.urgency_reasons or ()}
    other_cards = {Row.ALERT, Row.ALERT_GRADE, Row.UNJUDGED}
    assert set(Row) - other_cards == expected


def test_the_decision_rules_name_every_row() -> None:
    (chapter,) = re.findall(r"^## U\..*?^- U1", read(DOCS / "decision-rules.md"), re.MULTILINE | re.DOTALL)
    assert list(Row) == sorted(_rows(chapter), key=list(Row).index)


def _rows(chapter: str) -> Iterator[str]:
    """The codes of the third column, each before the colon that its value comes after; "`Q1` ... `Q5`" are five."""
    for line in chapter.splitlines():
        cells = line.split("|")
        if line.startswith("|") and cells[3].strip() not in ("row: value", "---"):
            codes = ",".join(part.split(":")[0] for part in cells[3].split(";"))
            yield from re.findall(r"`([\w-]+)`", _RANGE.sub(_between, codes))


def _between(found: re.Match[str]) -> str:
    return ", ".join(f"`Q{number}`" for number in range(int(found[1]), int(found[2]) + 1))


def test_the_schema_names_every_row() -> None:
    schema = json.loads((DOCS / "evaluation.schema.json").read_text())
    rules = schema["$defs"]["urgency"]["properties"]["reasons"]["items"]["properties"]["rule"]["enum"]
    assert [Reason(row, "1").rule for row in Row] == rules


def test_there_is_no_urgency_without_a_reason() -> None:
    with pytest.raises(ValueError, match="warning"):
        Urgency(Indicator.WARNING, ())


def test_indicators_are_in_order_and_spelt_as_cds_hooks_spells_them() -> None:
    assert ["info", "warning", "critical"] == [indicator.value for indicator in sorted(Indicator)]
    assert [False, False, True] == [indicator.is_highest for indicator in Indicator]
