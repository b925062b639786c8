"""Look-alikes on the card: what needs immediate treatment comes first, and unconfirmed limits are marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.tables.guideline import Protocol
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.status_card.look_alikes import first_lines
from cds_service.rendering.status_card.summary import summary_of
from cds_service.rendering.words.view import Clock, View


def view_of(knowledge: Knowledge, glucose: float, sodium: float) -> View:
    """An unarousable patient five days after axi-cel."""
    records = (
        ("1 h", "ice-total", 0),
        ("1 h", "consciousness", "unarousable"),
        ("30 min", "glucose", glucose),
        ("30 min", "sodium", sodium),
    )
    case = Case("a patient", (), Expected(), records=records)
    answer = assessed(case, knowledge.protocol)
    return View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)


@pytest.mark.rule("L1")
@pytest.mark.parametrize(
    ("glucose", "sodium", "expected"),
    [
        (20, 140, "Unarousable 08:00, glucose 20 mg/dL 08:30: airway, ICU now, treat the glucose"),
        (53, 124, "Unarousable 08:00, glucose 53 mg/dL 08:30: airway, ICU now, treat the glucose"),
        (54, 125, "Unarousable 08:00: airway, ICU now"),
    ],
)
def test_a_low_glucose_is_named_with_what_cannot_wait(
    knowledge: Knowledge, glucose: float, sodium: float, expected: str
) -> None:
    summary = summary_of(view_of(knowledge, glucose, sodium))

    assert summary.startswith(f"{expected}. ")
    assert len(summary) < 140


@pytest.mark.rule("L1")
@pytest.mark.parametrize(("glucose", "first"), [(53.9, True), (54, False)])
def test_it_is_the_first_line_of_what_to_do_and_is_not_said_twice(
    knowledge: Knowledge, glucose: float, *, first: bool
) -> None:
    title, _, line, *rest = full_assessment(view_of(knowledge, glucose, 140)).splitlines()

    assert title == "## All options by source"
    assert first == line.startswith("- **Check and treat first: hypoglycaemia (glucose 53.9 mg/dL, ")
    assert "hypoglycaemia" not in "\n".join(rest)


RECORDS = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"), ("2 h", "glucose", 50), ("2 h", "sodium", 140))


def told(knowledge: Knowledge, protocol: Protocol) -> str:
    case = Case("a patient", (), Expected(), records=RECORDS)
    answer = assessed(case, protocol)
    (line,) = first_lines(View(answer, knowledge.wording, Clock(NOW, UTC), demo=False))
    return line


def with_limits(protocol: Protocol, *, verified: bool) -> Protocol:
    """The protocol with every laboratory limit confirmed, or none."""
    table = protocol.rules.look_alikes
    rows = (replace(row, provenance=replace(row.provenance, verified=verified)) for row in table.laboratory)
    rules = replace(protocol.rules, look_alikes=replace(table, laboratory=tuple(rows)))
    return protocol._replace(rules=rules)


@pytest.mark.rule("L1")
@pytest.mark.parametrize(
    ("verified", "expected"),
    [
        (True, "hypoglycaemia (glucose 50 mg/dL, 07:00)"),
        (False, "hypoglycaemia (glucose 50 mg/dL, 07:00; its limit is not confirmed)"),
    ],
)
def test_a_limit_is_said_to_be_unconfirmed_where_it_is(knowledge: Knowledge, expected: str, *, verified: bool) -> None:
    line = told(knowledge, with_limits(knowledge.protocol, verified=verified))

    assert f"**Check and treat first: {expected}**; it may explain the findings" == line


def test_every_limit_has_a_source_and_those_with_a_number_are_confirmed(knowledge: Knowledge) -> None:
    rows = knowledge.protocol.rules.look_alikes.laboratory

    assert [] == [row.concept for row in rows if not row.provenance.source]
    assert {"glucose": 54, "sodium": 130} == {row.concept: row.below for row in rows if row.below is not None}
    assert [] == [row.concept for row in rows if row.below is not None and row.provenance.checked is None]
    assert not knowledge.protocol.rules.look_alikes.iec_hs.provenance.verified
