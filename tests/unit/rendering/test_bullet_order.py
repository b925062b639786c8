"""Which treatment the bullets of a status card name first."""

from __future__ import annotations

from datetime import UTC

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.clinical.tables.vocabulary import Action
from cds_service.knowledge import Knowledge
from cds_service.rendering.status_card.acts import acts_of
from cds_service.rendering.status_card.detail import detail_of
from cds_service.rendering.words.regimens import regimen_text
from cds_service.rendering.words.view import Clock, View

FOR_ICANS, FOR_CRS, TOCILIZUMAB = "Corticosteroid:", "Corticosteroid for the CRS", "Tocilizumab for the CRS"
PRESSORS = [("2 h", "norepinephrine", {"until": "running"}), ("2 h", "epinephrine", {"until": "running"})]


@pytest.mark.rule("P1")
@pytest.mark.parametrize(
    ("score", "pressors", "expected"),
    [
        (9, 1, [TOCILIZUMAB, FOR_CRS, FOR_ICANS]),  # ICANS 1: the order of the CRS
        (5, 1, [FOR_ICANS, TOCILIZUMAB, FOR_CRS]),  # the same amount: ICANS first
        (5, 2, [FOR_CRS, TOCILIZUMAB, FOR_ICANS]),  # CRS 4: methylprednisolone 1,000 mg a day is more
        (1, 2, [FOR_ICANS, TOCILIZUMAB, FOR_CRS]),  # the label gives 1,000 mg a day too
    ],
)
def test_the_corticosteroid_stands_before_tocilizumab(
    knowledge: Knowledge, score: int, pressors: int, expected: list[str]
) -> None:
    records = (("1 h", "ice-total", score), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 38.6))
    case = Case("a patient", (), Expected(), records=records, drugs=tuple(PRESSORS[:pressors]))
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    told = [act.text for act in acts_of(view) if act.treats]

    assert expected == [text[: len(name)] for text, name in zip(told, expected, strict=True)]


@pytest.mark.rule("P3")
@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((("1 h", "ice-total", 5), ("2 h", "platelets", 49)), True),
        ((("1 h", "ice-total", 5), ("2 h", "platelets", 50)), False),
        ((("1 h", "ice-total", 8), ("2 h", "platelets", 49)), False),
        ((("20 h", "ice-total", 5), ("2 h", "platelets", 49)), True),  # the last known grade
        ((("1 h", "ice-total", 5), ("2 h", "platelets", 49), ("24 h", "neuroimaging", "normal")), False),
        ((("1 h", "ice-total", 5), ("2 h", "platelets", 49), ("1441 min", "neuroimaging", "normal")), True),
        ((("1 h", "ice-total", 5), ("2 h", "platelets", 49), ("2 h", "motor-finding", "hemiparesis")), False),
    ],
)
def test_with_few_platelets_a_ct_comes_first(
    knowledge: Knowledge, records: tuple[tuple[str, str, float | str], ...], expected: bool
) -> None:
    awake = tuple((when, "consciousness", "alert") for when, code, _ in records if code == "ice-total")
    case = Case("a patient", (), Expected(), records=(*records, *awake))
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    lines = [line for line in detail_of(view).splitlines() if "CT first" in line]

    assert expected == bool(lines)


@pytest.mark.rule("Q3")
@pytest.mark.parametrize(
    ("score", "imaged", "expected"),
    [
        (9, False, ["Before imaging"]),  # ICANS 1: the label of axi-cel has dexamethasone, CRS 2 has tocilizumab
        (5, False, ["Before imaging"]),
        (1, False, ["Before imaging"]),
        (9, True, [TOCILIZUMAB, "Option: corticosteroid for the CRS", FOR_ICANS]),
    ],
)
def test_before_imaging_of_a_deficit_no_drug_is_named(
    knowledge: Knowledge, score: int, imaged: bool, expected: list[str]
) -> None:
    signs = tuple(("1 h", "neuro-symptom", sign) for sign in ("facial-palsy", "dysarthria"))
    imaging = (("30 min", "neuroimaging", "normal"),) if imaged else ()
    state = (("1 h", "ice-total", score), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", 38.6))
    records = (*state, ("1 h", "systolic-pressure", 80), *signs, *imaging)
    case = Case("a patient", (), Expected(), doses=(("5 d", "axicabtagene-ciloleucel"),), records=records)
    view = View(assessed(case, knowledge.protocol), knowledge.wording, Clock(NOW, UTC), demo=False)

    told = [act.text for act in acts_of(view) if act.treats or act.text.startswith("Before imaging")]

    assert expected == [text[: len(name)] for text, name in zip(told, expected, strict=True)]


@pytest.mark.rule("P1")
@pytest.mark.parametrize(
    ("product", "score", "temperature", "expected"),
    [
        ("axicabtagene-ciloleucel", 1, 36.8, "methylprednisolone 1,000 mg IV once a day (Yescarta US label)"),
        ("lisocabtagene-maraleucel", 1, 36.8, "dexamethasone 10-20 mg IV every 8-12 h (Breyanzi US label)"),
        (
            "CAR-T",
            1,
            36.8,
            "dexamethasone 10 mg IV every 6-12 h or methylprednisolone 1 mg/kg IV every 12 h (ASCO 2021)",
        ),
        ("CAR-T", 5, 38.6, "(ASCO 2021); the row for patients without CRS"),
    ],
)
def test_the_bullet_names_the_corticosteroid_that_is_drafted(
    knowledge: Knowledge, product: str, score: int, temperature: float, expected: str
) -> None:
    records = (("1 h", "ice-total", score), ("1 h", "consciousness", "alert"), ("1 h", "body-temperature", temperature))
    case = Case("a patient", (), Expected(), doses=(("5 d", product),), records=records)
    answer = assessed(case, knowledge.protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)

    (told,) = [act.text for act in acts_of(view) if "orticosteroid" in act.text]
    drafts = [one.published for one in answer.proposals if one.published and one.action is Action.CORTICOSTEROID]

    assert told.endswith(expected)
    assert all(regimen_text(view, one) in told for one in drafts)
