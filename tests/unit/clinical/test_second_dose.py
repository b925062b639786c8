"""The second obe-cel dose after ICANS: postponed up to day 21, later a decision is needed."""

from __future__ import annotations

import pytest

from cds_service.cases.case import Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.facts.occasion import OccasionKind
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
    case = Case(
        "a patient",
        (),
        Expected(),
        doses=((since, PRODUCT),),
        records=records,
        hook=OccasionKind.ORDER_SIGN,
        orders=((PRODUCT,),),
    )
    alerts = assessed(case, knowledge.protocol).alerts

    assert [expected] == [alert.variant for alert in alerts if alert.code == "split-dose-with-icans"]
