"""The second obe-cel dose after ICANS: in its time it waits, after it somebody has to decide."""

from __future__ import annotations

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.drafts import occasion_of
from cds_service.cases.patient import facts_of
from cds_service.clinical.order_checks.alert import CheckContext
from cds_service.clinical.order_checks.next_dose import split_dose_alerts
from cds_service.clinical.status.evaluation import evaluate
from cds_service.knowledge import Knowledge

PRODUCT = "obecabtagene-autoleucel"


@pytest.mark.rule("G2")
@pytest.mark.parametrize(
    ("since", "score", "expected"),
    [("20 d", 8, "withhold"), ("21 d", 8, "withhold"), ("22 d", 8, "late"), ("20 d", 5, "stop"), ("22 d", 5, "stop")],
)
def test_up_to_day_21_it_is_postponed_and_later_told_to_be_late(
    knowledge: Knowledge, since: str, score: int, expected: str
) -> None:
    records = (("1 h", "ice-total", score), ("1 h", "consciousness", "alert"))
    case = Case("a patient", (), Expected(), doses=((since, PRODUCT),), records=records, orders=((PRODUCT,),))
    evaluation = evaluate(facts_of(case, knowledge.protocol.rules.drugs.products), NOW, knowledge.protocol)

    alerts = split_dose_alerts(CheckContext(evaluation, occasion_of(case), knowledge.protocol))

    assert [expected] == [alert.variant for alert in alerts]
