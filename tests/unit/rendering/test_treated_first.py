"""A look-alike that is treated at once stands before everything else, in the summary and in the detail."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.patient import facts_of
from cds_service.clinical.status.evaluation import evaluate
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.detail import detail_of
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.clock import Clock
from cds_service.rendering.words.view import View


def view_of(knowledge: Knowledge, glucose: float, sodium: float) -> View:
    """An unarousable patient five days after axi-cel."""
    records = (
        ("1 h", "ice-total", 0),
        ("1 h", "consciousness", "unarousable"),
        ("30 min", "glucose", glucose),
        ("30 min", "sodium", sodium),
    )
    case = Case("a patient", (), Expected(), records=records)
    evaluation = evaluate(facts_of(case, knowledge.protocol.rules.drugs.products), NOW, knowledge.protocol)
    return View(evaluation, knowledge.wording, Clock(NOW, UTC), demo=False)


@pytest.mark.rule("L1")
@pytest.mark.parametrize(
    ("glucose", "sodium", "expected"),
    [
        (20, 140, "Check and treat glucose 20 mg/dL first; consider ICU and steroid"),
        (53, 124, "Check and treat glucose 53 mg/dL, sodium 124 mmol/L first"),
        (54, 125, "Consider ICU and steroid"),
    ],
)
def test_it_is_the_first_thing_that_the_summary_asks_for(
    knowledge: Knowledge, glucose: float, sodium: float, expected: str
) -> None:
    summary = summary_of(view_of(knowledge, glucose, sodium))

    assert summary.partition(". ")[2].startswith(expected)
    assert len(summary) < 140


@pytest.mark.rule("L1")
@pytest.mark.parametrize(("glucose", "first"), [(53.9, True), (54, False)])
def test_it_is_the_first_line_of_what_to_do_and_is_not_said_twice(
    knowledge: Knowledge, glucose: float, *, first: bool
) -> None:
    title, line, *rest = detail_of(view_of(knowledge, glucose, 140)).splitlines()

    assert title == "**Consider now**"
    assert first == line.startswith("- **Check and treat first: hypoglycaemia (glucose 53.9 mg/dL, ")
    assert "hypoglycaemia" not in "\n".join(rest)
