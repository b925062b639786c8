"""What order hooks ask of the advice for a patient, and of a product's label."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.patient import facts_of
from cds_service.clinical.advice.options import next_dose_advice
from cds_service.clinical.status.evaluation import Evaluation, evaluate
from cds_service.clinical.tables.regimen import Regimen
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge
from cds_service.knowledge.labels import REGIONS, load_labels

GRADE_2 = (("1 h", "ice-total", 5), ("1 h", "consciousness", "alert"))


def evaluated(knowledge: Knowledge, product: str, records: tuple[Any, ...] = GRADE_2) -> Evaluation:
    case = Case("a patient", (), Expected(), doses=(("2 d", product),), records=records)
    return evaluate(facts_of(case, knowledge.protocol.rules.drugs.products), NOW, knowledge.protocol)


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


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("teclistamab", ["withhold-next-dose"]),
        ("glofitamab", ["withhold-next-dose"]),
        ("axicabtagene-ciloleucel", []),
        ("tebentafusp", []),
    ],
)
def test_the_label_says_whether_the_next_dose_is_given(knowledge: Knowledge, product: str, expected: list[str]) -> None:
    advice = next_dose_advice(evaluated(knowledge, product).advice)

    assert expected == [entry.row.action for entry in advice]


def test_a_label_that_continues_says_nothing_against_the_next_dose(knowledge: Knowledge) -> None:
    grade_1 = (("1 h", "ice-total", 8), ("1 h", "consciousness", "alert"))

    assert () == next_dose_advice(evaluated(knowledge, "glofitamab", grade_1).advice)


@pytest.mark.parametrize(
    ("region", "product", "expected"),
    [
        ("us", "axicabtagene-ciloleucel", 7),
        ("us", "teclistamab", None),
        ("eu", "ciltacabtagene-autoleucel", 14),
        ("eu", "lisocabtagene-maraleucel", None),
    ],
)
def test_for_how_many_days_patients_are_seen_daily(region: str, product: str, expected: int | None) -> None:
    assert expected == load_labels(region).label[product].monitoring.daily_days


def test_every_product_of_a_row_has_its_label() -> None:
    for region in REGIONS:
        table = load_labels(region)
        named = {product for row in table.row for product in row.products}

        assert named <= set(table.label)
        assert all(row.products for row in table.row)


def test_a_region_without_labels_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="'uk'; there are: us, eu"):
        load_labels("uk")
