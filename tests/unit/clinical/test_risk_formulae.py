"""Body surface and renal function by worked examples that others published."""

from __future__ import annotations

import pytest

from cds_service.clinical.risk.body import ckd_epi_2021, cockcroft_gault_ml_min, mosteller_m2
from cds_service.clinical.risk.fludarabine import is_unreduced
from cds_service.clinical.risk.summary import VOCABULARY
from cds_service.knowledge import Knowledge


@pytest.mark.rule("R5")
@pytest.mark.parametrize(
    ("patient", "clearance"),
    [((65, 70, 1.4, "male"), 52.1), ((45, 60, 0.9, "female"), 74.8)],
)
def test_cockcroft_gault(patient: tuple, clearance: float, knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.risk.fludarabine.cockcroft_gault

    assert clearance == pytest.approx(cockcroft_gault_ml_min(*patient, table), abs=0.05)


@pytest.mark.rule("R5")
@pytest.mark.parametrize(
    ("age", "creatinine", "sex", "egfr"),
    [
        (55, 0.9, "female", 75),  # above the hinge: 142 x (0.9 / 0.7)^-1.2 x 0.9938^55 x 1.012
        (50, 0.7, "female", 105),  # at the hinge: 142 x 0.9938^50 x 1.012
        (50, 0.9, "male", 104),  # at the hinge: 142 x 0.9938^50
        (50, 0.6, "male", 118),  # below the hinge
    ],
)
def test_ckd_epi_2021(age: int, creatinine: float, sex: str, egfr: float, knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.risk.fludarabine.ckd_epi_2021

    assert egfr == round(ckd_epi_2021(age, creatinine, sex, table))


@pytest.mark.rule("R5")
def test_mosteller(knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.risk.fludarabine.mosteller

    assert (2.0, 1.0) == (mosteller_m2(180, 80, table), mosteller_m2(100, 36, table))


@pytest.mark.rule("R5")
@pytest.mark.parametrize(("clearance", "answer"), [(29.9, True), (30, None), (79.9, None), (80, False)])
def test_without_a_label_dose_a_low_clearance_leaves_it_open(
    clearance: float, answer: bool | None, knowledge: Knowledge
) -> None:
    assert answer is is_unreduced(30, [], clearance, knowledge.protocol.rules.risk.fludarabine)


@pytest.mark.rule("R5")
def test_the_site_may_follow_the_label_with_the_lower_limit(knowledge: Knowledge) -> None:
    assert {"fludara": 80, "generic": 70} == knowledge.protocol.rules.risk.fludarabine.renal.limits
    assert 80 == knowledge.protocol.rules.risk.fludarabine.renal.limit


@pytest.mark.rule("R1")
def test_every_factor_has_what_was_published_of_it_and_no_probability(knowledge: Knowledge) -> None:
    table = knowledge.protocol.rules.risk.factors
    rows = {row.factor: row for row in table.evidence}

    assert set(VOCABULARY) == set(rows)
    assert [] == [name for name, row in rows.items() if "%" in row.effect]
