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


@pytest.mark.rule("P2")
@pytest.mark.parametrize(
    ("published", "weight", "expected"),
    [
        (
            Regimen("dexamethasone", mg=(10, 20), every_hours=(6, 12)),
            None,
            Regimen("dexamethasone", mg=(10,), every_hours=(12,)),
        ),
        (Regimen("dexamethasone", mg=(10,), per_day=(1, 2)), None, Regimen("dexamethasone", mg=(10,), per_day=(1,))),
        (Regimen("dexamethasone", mg=(20,), bound="at-least"), None, Regimen("dexamethasone", mg=(20,))),
        (Regimen("dexamethasone", mg=(20,), bound="up-to"), None, Regimen("dexamethasone", mg=(20,), bound="up-to")),
        (
            Regimen("methylprednisolone", mg_per_kg=(1, 2)),
            70.4,
            Regimen("methylprednisolone", mg=(70,), mg_per_kg=(1,)),
        ),
        (Regimen("methylprednisolone", mg_per_kg=(1, 2)), None, Regimen("methylprednisolone", mg_per_kg=(1,))),
        (
            Regimen("tocilizumab", mg_per_kg=(8,), maximum_mg=800),
            100.1,
            Regimen("tocilizumab", mg=(800,), mg_per_kg=(8,), maximum_mg=800),
        ),
    ],
)
def test_of_a_span_one_dose_at_one_interval_is_drafted(
    published: Regimen, weight: float | None, expected: Regimen
) -> None:
    assert expected == published.one_dose(weight)


@pytest.mark.rule("P2")
@pytest.mark.parametrize(("weight", "least"), [(70, 140), (None, None)])
def test_what_is_drafted_gives_the_least_of_its_source(weight: float | None, least: float | None) -> None:
    published = Regimen("methylprednisolone", mg_per_kg=(1, 2), every_hours=(6, 12))

    assert least == published.lowest_mg_in_24_hours(weight)
    assert least == published.one_dose(weight).lowest_mg_in_24_hours(weight)
