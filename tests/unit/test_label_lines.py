"""What a card says of a label: its own words and limits, and nothing that it does not say."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.patient import facts_of
from cds_service.clinical.evaluation import evaluate
from cds_service.knowledge import Knowledge
from cds_service.knowledge.labels import load_labels
from cds_service.rendering.advice import advice_lines
from cds_service.rendering.clock import Clock
from cds_service.rendering.notes import note_lines
from cds_service.rendering.view import View

GRADE = {0: 10, 1: 8, 2: 5, 3: 1}


def view_of(knowledge: Knowledge, product: str, grades: tuple[int, ...], region: str, records: tuple[Any, ...]) -> View:
    """A patient with these grades since the dose, a day apart, the last one an hour ago."""
    ages = [f"{24 * day + 1} h" for day in reversed(range(len(grades)))]
    scores = tuple((age, "ice-total", GRADE[grade]) for age, grade in zip(ages, grades, strict=True))
    arousals = tuple((age, "consciousness", "alert") for age in ages)
    case = Case("a patient", (), Expected(), doses=(("5 d", product),), records=(*scores, *arousals, *records))
    protocol = knowledge.protocol._replace(labels=load_labels(region))
    evaluation = evaluate(facts_of(case, protocol.rules.drugs.products), NOW, protocol)
    return View(evaluation, knowledge.wording, Clock(NOW, UTC), demo=False)


def told(knowledge: Knowledge, product: str, *grades: int, region: str = "us", records: tuple[Any, ...] = ()) -> str:
    view = view_of(knowledge, product, grades, region, records)
    return "\n".join((*advice_lines(view, view.evaluation.advice), *note_lines(view)))


@pytest.mark.rule("G2")
@pytest.mark.parametrize(
    ("product", "grades", "expected"),
    [
        ("teclistamab", (1,), "Withhold the next dose until resolved (Tecvayli"),
        ("teclistamab", (2,), "Withhold the next dose; then 48 h near the centre, consider hospital (Tecvayli"),
        ("teclistamab", (2, 0), "consider hospital; highest grade since the last dose 2 (Tecvayli"),
        ("tarlatamab", (1,), "Withhold the next dose (Imdelltra"),
        ("tarlatamab", (2,), "Next dose: observed for 22-24 h (Imdelltra"),
        (
            "tarlatamab",
            (3,),
            "No further doses if this grade comes again or it is not grade 1 or lower within 7 days (",
        ),
        ("linvoseltamab", (2,), "Next dose: 24 h near the centre (Lynozyfic"),
        ("glofitamab", (2,), "Withhold the next dose until grade 1 or lower (Columvi"),
        ("glofitamab", (3,), "until grade 1 or lower for 7 days (Columvi"),
        (
            "mosunetuzumab",
            (3,),
            "until grade 1 or lower for 72 h; no further doses if this grade comes again (Lunsumio",
        ),
        (
            "blinatumomab",
            (2,),
            "Interrupt the infusion until resolved; then restart at the label's lower dose (Blincyto",
        ),
        ("blinatumomab", (3,), "until grade 1 or lower for 3 days; then restart at the label's lower dose; no further"),
    ],
)
def test_the_next_dose_is_told_as_far_as_the_label_goes(
    knowledge: Knowledge, product: str, grades: tuple[int, ...], expected: str
) -> None:
    assert expected in told(knowledge, product, *grades)


@pytest.mark.parametrize(
    ("product", "grades"), [("tarlatamab", (2,)), ("tarlatamab", (3,)), ("linvoseltamab", (2,)), ("glofitamab", (2, 1))]
)
def test_no_dose_is_withheld_where_the_label_does_not(
    knowledge: Knowledge, product: str, grades: tuple[int, ...]
) -> None:
    assert "ithhold" not in told(knowledge, product, *grades)


def test_what_helps_against_oedema_is_a_list_without_choices(knowledge: Knowledge) -> None:
    lines = told(knowledge, "lisocabtagene-maraleucel", 3, records=(("1 h", "neuroimaging", "focal-oedema"),))

    assert (
        "For cerebral oedema also: hyperventilation, hyperosmolar therapy, methylprednisolone 1,000-2,000 mg IV every "
        "24 h, cyclophosphamide 1,500 mg/m² (Breyanzi US label" in lines
    )


@pytest.mark.parametrize(
    ("product", "region", "expected"),
    [
        (
            "tarlatamab",
            "us",
            "8-10 mg IV (repeat every 12 h if worse) or methylprednisolone 1 mg/kg IV every 12 h if worse",
        ),
        ("obecabtagene-autoleucel", "eu", "dexamethasone 10 mg IV once (then every 6-12 h)"),
    ],
)
def test_a_dose_is_repeated_when_its_label_says(knowledge: Knowledge, product: str, region: str, expected: str) -> None:
    assert expected in told(knowledge, product, 2, region=region)


def test_a_product_without_a_label_in_the_region_gets_none_of_its_lines(knowledge: Knowledge) -> None:
    assert "label" not in told(knowledge, "tarlatamab", 2, region="eu")
