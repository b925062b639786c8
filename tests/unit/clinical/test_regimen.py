"""How much a regimen gives in a day: at least, and compared with what was given."""

from __future__ import annotations

import pytest

from cds_service.clinical.drafts.escalation import RunningSteroid
from cds_service.clinical.tables.advice import Regimen
from cds_service.clinical.treatment.steroids import Equivalent

EQUIVALENTS = {"dexamethasone": 0.75, "methylprednisolone": 4.0}


@pytest.mark.rule("E5")
@pytest.mark.parametrize(
    ("regimen", "weight", "expected"),
    [
        (Regimen("dexamethasone", mg=(10,), every_hours=(6,)), None, 40),
        (Regimen("dexamethasone", mg=(10, 20), every_hours=(6, 12)), None, 20),
        (Regimen("dexamethasone", mg=(10,), per_day=(1, 2)), None, 10),
        (Regimen("dexamethasone", mg=(10,), doses=1, repeat_every_hours=(12,)), None, 10),
        (Regimen("dexamethasone", mg=(10,), doses=2), None, 20),
        (Regimen("dexamethasone", mg=(10,)), None, 10),
        (Regimen("methylprednisolone", mg_per_kg=(1,), every_hours=(12,)), 70, 140),
        (Regimen("methylprednisolone", mg_per_kg=(1,), every_hours=(12,)), None, None),
        (Regimen("anakinra"), 70, None),
    ],
)
def test_the_least_of_a_regimen_in_a_day(regimen: Regimen, weight: float | None, expected: float | None) -> None:
    assert expected == regimen.lowest_mg_in_24_hours(weight)


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("regimen", "known", "possible"),
    [
        (Regimen("dexamethasone", mg=(10,), every_hours=(6, 12)), False, True),
        (Regimen("dexamethasone", mg=(10,), every_hours=(12,)), False, False),
        (Regimen("dexamethasone", mg=(10,), every_hours=(8,)), True, True),
        (Regimen("dexamethasone", bound="up-to", mg=(20,), every_hours=(6,)), False, True),
        (Regimen("dexamethasone", bound="up-to", mg=(20,), every_hours=(24,)), False, False),
        (Regimen("dexamethasone", bound="at-least", mg=(20,), every_hours=(24,)), False, True),
        (Regimen("dexamethasone", mg=(10,), per_day=(1, 2)), False, False),
        (Regimen("dexamethasone", mg=(10,), per_day=(1, 3)), False, True),
        (Regimen("dexamethasone", mg=(10,), doses=2), False, False),
        (Regimen("methylprednisolone", mg_per_kg=(1,)), False, False),
        (Regimen("methylprednisolone", mg_per_kg=(1,), then_mg_per_kg_per_day=1), False, True),
        (Regimen("methylprednisolone"), False, True),
        (Regimen("anakinra", mg=(100,)), False, True),
    ],
)
def test_a_regimen_is_compared_by_its_least_and_its_most(regimen: Regimen, known: bool, possible: bool) -> None:
    failed = RunningSteroid(("dexamethasone",), Equivalent(20, is_least=False), EQUIVALENTS, 70)

    assert (known, possible) == (failed.is_less_than(regimen), failed.may_be_less_than(regimen))


@pytest.mark.rule("E2")
def test_without_a_weight_an_amount_per_kg_is_not_known() -> None:
    failed = RunningSteroid(("dexamethasone",), Equivalent(20, is_least=False), EQUIVALENTS, None)
    loaded = Regimen("methylprednisolone", mg=(40,), then_mg_per_kg_per_day=2)

    assert (False, True) == (failed.is_less_than(loaded), failed.may_be_less_than(loaded))
