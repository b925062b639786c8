"""What a card says about a label: its own words and limits, and nothing beyond them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cds_service.cases.case import NOW, Case, Expected
from cds_service.cases.verdict import assessed
from cds_service.knowledge import Knowledge
from cds_service.knowledge.editions import load_labels
from cds_service.rendering.status_card.course import crs_options
from cds_service.rendering.status_card.notes import note_lines
from cds_service.rendering.words.advice import advice_lines
from cds_service.rendering.words.next_dose import watching_lines
from cds_service.rendering.words.view import Clock, View

AWAKE = range(4)
OBSERVED = "cycle 1 day 1 and day 8: observed for 22-24 h, then near the centre with a caregiver for 48 h"
SCORE = {0: 10, 1: 8, 2: 5, 3: 1, 4: 0}


def label_lines(
    knowledge: Knowledge,
    product: str,
    *grades: int,
    region: str = "us",
    records: tuple[Any, ...] = (),
    drugs: tuple[Any, ...] = (),
    since: str = "5 d",
) -> str:
    """The label lines for a patient with these grades since the dose, a day apart, the last one an hour ago."""
    ages = [f"{24 * day + 1} h" for day in reversed(range(len(grades)))]
    scores = tuple((age, "ice-total", SCORE[grade]) for age, grade in zip(ages, grades, strict=True))
    arousals = tuple(
        (age, "consciousness", "unarousable" if grade > max(AWAKE) else "alert")
        for age, grade in zip(ages, grades, strict=True)
    )
    given = {"doses": ((since, product),), "records": (*scores, *arousals, *records), "drugs": drugs}
    case = Case("a patient", (), Expected(), **given)
    protocol = knowledge.protocol._replace(labels=load_labels(region))
    answer = assessed(case, protocol)
    view = View(answer, knowledge.wording, Clock(NOW, UTC), demo=False)
    advised = (*advice_lines(view, view.evaluation.advice), *crs_options(view))
    return "\n".join((*advised, *watching_lines(view), *note_lines(view)))


@pytest.mark.rule("G2")
@pytest.mark.parametrize(
    ("product", "grades", "expected"),
    [
        ("teclistamab", (1,), "Withhold the next dose until resolved (Tecvayli"),
        ("teclistamab", (2,), "Withhold the next dose; then 48 h near the centre, consider hospital (Tecvayli"),
        (
            "teclistamab",
            (2, 0),
            "Next dose: 48 h near the centre, consider hospital; highest grade since the last dose 2 (Tecvayli",
        ),
        (
            "tarlatamab",
            (1,),
            "Withhold the next dose until resolved (Imdelltra US label, text of July 2026, with its boxed",
        ),
        ("tarlatamab", (2,), "Withhold the next dose until resolved; then observed for 22-24 h (Imdelltra"),
        ("tarlatamab", (2, 0), "Next dose: observed for 22-24 h; highest grade since the last dose 2 (Imdelltra"),
        (
            "tarlatamab",
            (3,),
            "Withhold the next dose until resolved; no further doses if this grade recurs or it is not grade 1",
        ),
        ("linvoseltamab", (2,), "Withhold the next dose until resolved; then 24 h near the centre (Lynozyfic"),
        ("glofitamab", (2,), "Withhold the next dose until grade 1 or lower (Columvi"),
        ("glofitamab", (3,), "until grade 1 or lower for 7 days (Columvi"),
        (
            "mosunetuzumab",
            (3,),
            "until grade 1 or lower for 72 h; no further doses if this grade recurs (Lunsumio",
        ),
        (
            "blinatumomab",
            (2,),
            "Interrupt the infusion until resolved; then restart at the label's lower dose (Blincyto",
        ),
        ("blinatumomab", (4,), "Stop the infusion for good: no further doses of blinatumomab (Blincyto"),
        ("teclistamab", (4,), "No further doses of teclistamab (Tecvayli"),
        ("blinatumomab", (3,), "until grade 1 or lower for 3 days; then restart at the label's lower dose; no further"),
    ],
)
def test_the_next_dose_is_described_as_far_as_the_label_goes(
    knowledge: Knowledge, product: str, grades: tuple[int, ...], expected: str
) -> None:
    assert expected in label_lines(knowledge, product, *grades)


@pytest.mark.parametrize("region", ["us", "eu"])
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("20 d", "until resolved (up to day 21) (Aucatzyl"),
        ("21 d", "until resolved (up to day 21) (Aucatzyl"),
        ("22 d", "until resolved (the label gives it up to day 21: **that time has passed**) (Aucatzyl"),
    ],
)
def test_a_second_dose_whose_time_is_over_is_told(knowledge: Knowledge, since: str, expected: str, region: str) -> None:
    assert expected in label_lines(knowledge, "obecabtagene-autoleucel", 1, since=since, region=region)


def test_what_helps_against_oedema_is_a_list_without_choices(knowledge: Knowledge) -> None:
    lines = label_lines(knowledge, "lisocabtagene-maraleucel", 3, records=(("1 h", "neuroimaging", "focal-oedema"),))

    assert (
        "Also for cerebral oedema: hyperventilation, hyperosmolar therapy, methylprednisolone 1,000-2,000 mg IV every "
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
    assert expected in label_lines(knowledge, product, 2, region=region)


@pytest.mark.parametrize(
    ("product", "grade", "region", "expected"),
    [
        (
            "lisocabtagene-maraleucel",
            3,
            "us",
            "Corticosteroid (not for an isolated headache of this grade): dexamethasone",
        ),
        (
            "idecabtagene-vicleucel",
            2,
            "us",
            "Corticosteroid (not for an isolated headache of this grade): dexamethasone",
        ),
        ("idecabtagene-vicleucel", 3, "eu", "Corticosteroid: dexamethasone 10-20 mg IV every 8-12 h (Abecma EU label"),
        ("axicabtagene-ciloleucel", 1, "us", "consider with levetiracetam (Yescarta US label)"),
        ("axicabtagene-ciloleucel", 2, "us", "4 times a day until grade 1, then taper quickly (Yescarta"),
        ("brexucabtagene-autoleucel", 2, "us", "consider with a non-sedating drug (Tecartus"),
        ("brexucabtagene-autoleucel", 2, "us", "brain imaging every 2-3 days (Tecartus US label)"),
        ("brexucabtagene-autoleucel", 2, "us", "dexamethasone 10 mg IV every 6 h until grade 1 (Tecartus"),
        ("talquetamab", 3, "us", "ICU (ASCO 2021); ICU as needed (Talvey US label)"),
        ("tisagenlecleucel", 1, "us", "avoid GM-CSF in the first 3 weeks (Kymriah US label)"),
        ("lisocabtagene-maraleucel", 1, "us", "observe from 72 h after the infusion onwards (Breyanzi US label)"),
    ],
)
def test_what_stands_beside_the_dose_is_told(
    knowledge: Knowledge, product: str, grade: int, region: str, expected: str
) -> None:
    assert expected in label_lines(knowledge, product, grade, region=region)


def test_lines_stand_in_the_order_of_the_tables(knowledge: Knowledge) -> None:
    lines = label_lines(knowledge, "axicabtagene-ciloleucel", 3).splitlines()

    starts = (
        "ICU",
        "Corticosteroid",
        "Corticosteroid",
        "Option",
        "Work-up",
        "Repeat",
        "Supportive",
        "Antiseizure",
        "Also",
    )
    assert [] == [one for one, line in zip(starts, lines, strict=False) if not line.startswith(one)]
    assert (
        "Repeat: CRP, ferritin, CBC, CMP, fibrinogen, PT/PTT; consider brain imaging every 2-3 days while "
        "grade 3 or more persists (ASCO 2021); 30 min of EEG daily if conditions permit, "
        "until symptoms are gone (CARTOX)"
    ) in lines


CRS = (("1 h", "body-temperature", 38.5), ("1 h", "oxygen-saturation", 97), ("1 h", "oxygen-device", "room-air"))
PRESSORS = (("3 h", "norepinephrine", {"until": "running"}), ("2 h", "epinephrine", {"until": "running"}))


def test_with_crs_4_the_ladder_is_one_line_of_steps(knowledge: Knowledge) -> None:
    lines = label_lines(knowledge, "CAR-T", 2, records=CRS, drugs=PRESSORS)

    assert (
        "Corticosteroid for the CRS with tocilizumab: methylprednisolone 500 mg IV every 12 h for 3 days, then "
        "methylprednisolone 250 mg IV every 12 h for 2 days, then "
        "methylprednisolone 125 mg IV every 12 h for 2 days, then "
        "methylprednisolone 60 mg IV every 12 h until CRS grade 1 (ASCO 2021 CRS)"
    ) in lines


@pytest.mark.parametrize(("doses", "said"), [((), True), (("72 h",), False)])
def test_with_the_first_dose_is_said_only_until_that_was_given(
    knowledge: Knowledge, doses: tuple[str, ...], said: bool
) -> None:
    records = (*CRS, ("1 h", "systolic-pressure", 120))
    given = tuple((ago, "tocilizumab") for ago in doses)

    lines = label_lines(knowledge, "brexucabtagene-autoleucel", 3, records=records, drugs=given)

    assert said == ("with the first dose of tocilizumab" in lines)
    assert "dexamethasone 10 mg IV every 6 h or methylprednisolone 1 mg/kg IV every 8-12 h (Tecartus" in lines


def test_the_same_list_of_two_sources_is_said_once(knowledge: Knowledge) -> None:
    coma = (("30 h", "consciousness", "unarousable"), ("1 h", "consciousness", "unarousable"))
    given = tuple((ago, "methylprednisolone", {"mg": 1000}) for ago in ("26 h", "2 h"))

    lines = label_lines(knowledge, "tisagenlecleucel", 3, 3, records=coma, drugs=given).splitlines()

    refractory = [line for line in lines if line.startswith("If refractory")]
    assert 1 == len(refractory)
    assert refractory[0].endswith("(ASCO 2021; Kymriah US label, text of July 2026)")


def test_a_product_without_a_label_in_the_region_gets_none_of_its_lines(knowledge: Knowledge) -> None:
    assert "label" not in label_lines(knowledge, "tarlatamab", 2, region="eu")


@pytest.mark.parametrize(
    ("product", "grade", "region", "expected"),
    [
        ("afamitresgene-autoleucel", 1, "us", "The Tecelra label has a section on ICANS; it is not in this table"),
        ("obecabtagene-autoleucel", 1, "us", "The Aucatzyl label grades by CTCAE v5.0"),
        ("obecabtagene-autoleucel", 1, "eu", "Which scale the Aucatzyl label grades by is not known here"),
        ("tarlatamab", 0, "us", f"By the Imdelltra label: {OBSERVED}; no driving until symptoms resolve"),
    ],
)
def test_what_a_label_says_of_its_scale_and_of_observation(
    knowledge: Knowledge, product: str, grade: int, region: str, expected: str
) -> None:
    assert expected in label_lines(knowledge, product, grade, region=region)


@pytest.mark.parametrize(("grade", "region"), [(0, "us"), (1, "eu")])
def test_a_label_that_is_not_in_the_table_is_named_with_icans_and_in_its_region(
    knowledge: Knowledge, grade: int, region: str
) -> None:
    assert "Tecelra" not in label_lines(knowledge, "afamitresgene-autoleucel", grade, region=region)


AFEBRILE, FEVER = ("2 h", "body-temperature", 36.8), ("2 h", "body-temperature", 38.6)
STEROID = "Consider corticosteroid{}: dexamethasone 10 mg IV every 6-12 h or methylprednisolone 1 mg/kg IV every 12 h"


@pytest.mark.rule("C5")
def test_where_crs_is_not_known_what_is_for_patients_without_it_says_so(knowledge: Knowledge) -> None:
    text = label_lines(knowledge, "tisagenlecleucel", 2)

    assert STEROID.format(" if there is no CRS") in text
    assert "Whether there is CRS is not known: tocilizumab is for CRS, and does not treat ICANS without it." in text
    assert "Tocilizumab does not treat isolated ICANS." not in text


@pytest.mark.rule("C5")
def test_where_crs_is_known_nothing_depends_on_it(knowledge: Knowledge) -> None:
    without, with_crs = (label_lines(knowledge, "tisagenlecleucel", 2, records=(one,)) for one in (AFEBRILE, FEVER))

    assert STEROID.format("") in without
    assert "Tocilizumab does not treat isolated ICANS." in without
    assert [] == [text for text in (without, with_crs) if "if there is no CRS" in text or "not known" in text]
