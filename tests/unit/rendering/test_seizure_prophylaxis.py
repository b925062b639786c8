"""Seizure prophylaxis in the full assessment: why it is considered, and what is known of it."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.full_assessment import full_assessment
from cds_service.rendering.words.view import Clock, View

RECORDS = (("1 h", "ice-total", 8), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 36.8))
REASONS = "consider because of an earlier seizure (ASCO 2021); consider because of CNS disease (ASCO 2021)"
EVIDENCE = (
    "Levetiracetam as prophylaxis: no less ICANS in a matched comparison of 254 patients (37.1 % with, 32.3 % "
    "without), more early haematotoxicity (63.9 % and 37.3 %) (Galli, Blood Adv 2025;9:5501)"
)


@pytest.mark.rule("P5")
@pytest.mark.parametrize(
    ("diagnoses", "expected"),
    [
        ([], []),
        (
            [("900 d", "epilepsy"), ("90 d", "cns-malignancy")],
            [f"- Antiseizure prophylaxis: {REASONS}. {EVIDENCE}"],
        ),
    ],
)
def test_it_says_why_and_what_is_known_of_it(
    knowledge: Knowledge, diagnoses: list[tuple[str, str]], expected: list[str]
) -> None:
    case = Case("a patient", (), Expected(), records=RECORDS, doses=(("5 d", "CAR-T"),), diagnoses=tuple(diagnoses))
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    lines = full_assessment(view).splitlines()

    assert expected == [line for line in lines if "rophylaxis" in line]
