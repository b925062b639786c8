"""Every fine point of the published tables has a case, the examples in the paper hold, and wrong rules fail."""

from __future__ import annotations

import pytest

from cds_service.cases.answer import answer_of
from cds_service.cases.case import Case, Expected
from cds_service.cases.verdict import assessed, differences
from cds_service.checks.specification import packaged_cases
from cds_service.knowledge import Knowledge
from tests.spec.nuances import Nuance, cases_of, read_nuances

NUANCES = read_nuances()
FEVER = ("1 h", "body-temperature", 38.6)
AIR = (("1 h", "oxygen-device", "room-air"), ("1 h", "oxygen-saturation", 97))
DRIP = {"until": "running"}


@pytest.mark.parametrize("nuance", NUANCES, ids=lambda nuance: f"{nuance.number}")
def test_every_nuance_has_a_case(nuance: Nuance) -> None:
    assert cases_of(nuance)


def test_nuances_are_numbered_and_cases_refer_only_to_them() -> None:
    numbers = [nuance.number for nuance in NUANCES]

    assert list(range(1, 13)) == numbers
    assert set(numbers) == {number for case in packaged_cases() for number in case.nuance}


PAPER = [
    (
        {
            "records": (
                ("1 h", "ice-total", 3),
                ("1 h", "consciousness", "alert"),
                ("2 h", "seizure", "clinical-generalised", {"minutes": 2}),
            )
        },
        Expected(icans="exact 3", decided_by=("seizure",)),
    ),
    (
        {
            "records": (FEVER, ("1 h", "oxygen-device", "nasal-cannula"), ("1 h", "oxygen-flow", 2)),
            "drugs": (("3 h", "norepinephrine", DRIP),),
        },
        Expected(crs="exact 3"),
    ),
    (
        {"records": (FEVER, *AIR), "drugs": (("3 h", "norepinephrine", DRIP), ("3 h", "vasopressin", DRIP))},
        Expected(crs="exact 3"),
    ),
    (
        {"records": (FEVER, *AIR), "drugs": (("3 h", "norepinephrine", DRIP), ("3 h", "epinephrine", DRIP))},
        Expected(crs="exact 4"),
    ),
]


@pytest.mark.parametrize(("chart", "expected"), PAPER)
def test_the_examples_in_the_paper_hold(chart: dict, expected: Expected, knowledge: Knowledge) -> None:
    assert [] == differences(Case("", (), expected, **chart), knowledge.protocol)


@pytest.mark.rule("C2")
@pytest.mark.parametrize("drug", ["norepinephrine", "epinephrine", "phenylephrine", "dopamine", "angiotensin-ii"])
def test_no_vasopressor_dose_is_low_enough_for_crs_2(drug: str, knowledge: Knowledge) -> None:
    """The rule "grade 2: low-dose vasopressor" is from 2014; the dose of an infusion is not even read."""
    case = Case("", (), Expected(), records=(FEVER, *AIR), drugs=(("3 h", drug, DRIP | {"mg": 0.01}),))

    assert "exact 3" == _answer(case, knowledge)["crs"]


@pytest.mark.rule("D4")
def test_an_alert_patient_awakens_spontaneously_and_is_not_grade_1(knowledge: Knowledge) -> None:
    case = Case("", (), Expected(), records=(("1 h", "ice-total", 10), ("1 h", "consciousness", "alert")))

    assert "exact 0" == _answer(case, knowledge)["icans"]


@pytest.mark.rule("C4")
@pytest.mark.parametrize("finding", [("creatinine", 4.0), ("alanine-aminotransferase", 900.0)])
def test_organ_toxicity_is_no_part_of_crs(finding: tuple[str, float], knowledge: Knowledge) -> None:
    pressure = ("1 h", "systolic-pressure", 120)
    case = Case("", (), Expected(), records=(FEVER, pressure, *AIR, ("1 h", *finding)))

    assert "exact 1" == _answer(case, knowledge)["crs"]


def _answer(case: Case, knowledge: Knowledge) -> dict:
    return answer_of(assessed(case, knowledge.protocol), knowledge.protocol.rules)
