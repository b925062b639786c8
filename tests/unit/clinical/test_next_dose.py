"""A worse event never leads to milder advice on the next dose."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cds_service.clinical.advice.selection import PatientProfile, advice
from cds_service.clinical.tables.advice import ADULT
from cds_service.clinical.tables.next_dose import SinceDose
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge.editions import load_labels

SEVERITY = {Action.CONTINUE: 0, Action.RESUME: 1, Action.WITHHOLD: 2, Action.STOP: 3}
PRODUCTS = [(region, product) for region in ("us", "eu") for product in load_labels(region).label]


def severity(region: str, product: str, grade: int, now: int) -> int:
    """How severe the advice is after an event of a grade, at the present grade; 0 where nothing is said."""
    since = SinceDose(highest=grade, worst_now=now, doses=1)
    profile = PatientProfile(0, 0, product, ADULT, True, None, frozenset({"one-dose-so-far"}), since)
    said = advice((load_labels(region),), now, profile)
    return max((SEVERITY.get(entry.row.action, 0) for entry in said), default=0)


@pytest.mark.rule("G2")
@pytest.mark.parametrize(("region", "product"), PRODUCTS)
def test_a_higher_grade_is_never_answered_more_mildly(region: str, product: str) -> None:
    during = [severity(region, product, grade, grade) for grade in range(5)]
    resolved = [severity(region, product, grade, 0) for grade in range(5)]

    assert [] == [(low, high) for low, high in (*pairwise(during), *pairwise(resolved)) if low > high]
