"""What a card says besides the grade: risk factors, treatment so far, other causes and look-alikes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    ATC,
    LOINC,
    alert,
    axi_cel,
    bundle,
    coded,
    concept,
    condition,
    given,
    hours_ago,
    ice,
    observation,
    patient,
    prefetch,
    quantity,
)
from tests.hooks.client import Client, evaluation

CILTA_CEL, FLUDARABINE, CEFEPIME, DEXAMETHASONE, ANAKINRA = "L01XL05", "L01BB05", "J01DE01", "H02AB02", "L04AC03"
SODIUM, FERRITIN, FIBRINOGEN, PLATELETS, CREATININE = "2951-2", "2276-4", "3255-7", "777-3", "2160-0"
LDH = "14804-9"
WEIGHT, HEIGHT = "29463-7", "8302-2"
DAY = 24


def lab(code: str, value: float, unit: str, hours: float = 2, **limits: float) -> dict[str, Any]:
    """A laboratory value with its reference range."""
    usual = [{name: quantity(limit, unit) for name, limit in limits.items()}] if limits else []
    return observation(code, hours, system=LOINC, valueQuantity=quantity(value, unit), referenceRange=usual)


def detail(answer: dict[str, Any], card: int = 0) -> str:
    """The detail of a card."""
    return answer["cards"][card]["detail"]


def line(answer: dict[str, Any], start: str, card: int = 0) -> str:
    """The only line of a card with this beginning."""
    (found,) = [one for one in detail(answer, card).splitlines() if one.lstrip("- ").startswith(start)]
    return found


def lines_after(answer: dict[str, Any], start: str) -> list[str]:
    """The lines of a card from the one with this beginning."""
    lines = detail(answer).splitlines()
    return lines[next(number for number, one in enumerate(lines) if one.startswith(start)) :]


@pytest.mark.rule("R1")
def test_a_young_age_is_context_with_evidence_but_not_a_risk_factor(client: Client) -> None:
    answer = client.call(
        prefetch(patient=patient(birthDate="1990-01-01"), neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel()))
    )

    assert (
        "- Age 36 years, context only: any neurotoxicity in 16 of 27 below 40 years, 22 of 64 from 40 to 60, "
        "15 of 42 above (p 0.094): inconsistent, no weight (Gust 2017)"
    ) == line(answer, "Age")


@pytest.mark.rule("R2")
def test_a_diagnosis_is_named_with_its_date(client: Client) -> None:
    conditions = bundle(condition("G40.909", onsetDateTime="2024-05-06"))
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel()), conditions=conditions))

    assert "- Neurological history: epilepsy (06 May " in line(answer, "Neurological history")


@pytest.mark.rule("R6")
def test_icans_of_an_earlier_course_that_is_over_is_told(client: Client) -> None:
    over = concept("resolved", "http://terminology.hl7.org/CodeSystem/condition-clinical")
    conditions = bundle(condition("G92.03", clinicalStatus=over, recordedDate="2025-01-08"))
    doses = bundle(axi_cel(430), axi_cel())
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=doses, conditions=conditions))

    assert "- Earlier ICANS: charted grade 3 (08 Jan " in line(answer, "Earlier ICANS")


@pytest.mark.rule("R6")
def test_a_grade_charted_years_ago_is_earlier_icans_and_no_present_grade(client: Client) -> None:
    charted = observation("icans-grade-documented", 800 * DAY, valueInteger=2)
    answer = client.call(prefetch(scores=bundle(ice(10), charted), neuro=bundle(alert()), therapy=bundle(axi_cel())))

    assert "charted grade 2" in line(answer, "Earlier ICANS")
    assert 0 == evaluation(answer)["icans"]["grade"]
    assert "info" == answer["cards"][0]["indicator"]


@pytest.mark.rule("R6")
def test_an_earlier_therapy_is_named_where_nothing_is_charted_of_it(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel(430), axi_cel())))

    assert "earlier ICANS not on file for axicabtagene ciloleucel (" in line(answer, "On record but not judged")


@pytest.mark.rule("R5")
@pytest.mark.rule("R7")
def test_unreduced_fludarabine_is_on_the_card_and_both_clearances_in_the_evaluation(client: Client) -> None:
    doses = [given(FLUDARABINE, days * DAY, system=ATC, dosage={"dose": quantity(60, "mg")}) for days in (10, 9, 8)]
    answer = client.call(
        prefetch(
            patient=patient(gender="male"),
            neuro=bundle(ice(10), alert()),
            vitals=bundle(lab(WEIGHT, 80, "kg", 200), lab(HEIGHT, 180, "cm", 200)),
            labs=bundle(lab(CREATININE, 2, "mg/dL", 11 * DAY)),
            therapy=bundle(axi_cel()),
            drugs=bundle(*doses),
        )
    )
    (entry,) = [one for one in evaluation(answer)["risk"] if one["factor"] == "fludarabine-renal"]

    assert (
        "- Fludarabine 90 mg/m² not reduced at a clearance of 44 mL/min (Cockcroft-Gault; the label reduces "
        "below 80 mL/min), eGFR 38 mL/min/1.73 m² (CKD-EPI 2021) (25 Feb 10:00): the active metabolite is cleared "
        "by the kidney; exposure above 20 mg.h/L had more ICANS of any grade (n = 199) (Scordo 2023)"
    ) == line(answer, "Fludarabine 90 mg/m² not reduced")
    assert (
        "- Fludarabine 90 mg/m² of the label's 90 mg/m² (26 Feb 10:00): any neurotoxicity in 46 of 104 with"
        in detail(answer)
    )
    assert "present" == entry["state"]
    assert "eGFR (CKD-EPI 2021) 38 mL/min/1.73m2" in entry["evidence"]
    assert "Scordo 2023" in entry["evidence"]
    assert ("exact", 0) == (evaluation(answer)["icans"]["certainty"], evaluation(answer)["icans"]["grade"])


@pytest.mark.rule("R4")
def test_the_card_shows_easix_before_lymphodepletion(client: Client) -> None:
    def inputs(ldh: float, hours: float) -> list[dict[str, Any]]:
        others = (lab(CREATININE, 1, "mg/dL", hours), lab(PLATELETS, 50, "10*9/L", hours))
        return [lab(LDH, ldh, "U/L", hours), *others]

    answer = client.call(
        prefetch(
            neuro=bundle(ice(10), alert()),
            labs=bundle(*inputs(300, 11 * DAY), *inputs(900, 2 * DAY)),
            therapy=bundle(axi_cel()),
            drugs=bundle(given(FLUDARABINE, 10 * DAY, system=ATC)),
        )
    )

    assert (
        "- EASIX 6.00 before lymphodepletion (25 Feb 10:00): grade 3 or more CRS and/or ICANS: "
        "OR 1.72 (1.26-2.46) for each doubling; above 4.67 OR 4.3 in validation; dialysis and platelet "
        "transfusions invalidate it, and neither transfusions nor dialysis without a diagnosis are looked up "
        "(Korell 2022)"
    ) == line(answer, "EASIX")
    assert "s-EASIX 6.00 before lymphodepletion (25 Feb 10:00), 18.00 day 3 (Fri 10:00)" in line(
        answer, "On record but not judged"
    )


@pytest.mark.rule("R1")
def test_without_risk_data_the_card_names_what_can_be_measured(client: Client) -> None:
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(axi_cel())))

    assert (
        "- CD28 product, axi-cel (03 Mar 10:00): more with CD28 than with 4-1BB co-stimulation; "
        "no effect size confirmed (source not traced, not confirmed)"
    ) == line(answer, "CD28 product")
    assert (
        "- Not recorded, or too little data: neurological history, medical history, tumour burden, "
        "fludarabine, CRS, IL-6, "
        "fever within 36 h, high fever, ferritin, platelets before lymphodepletion, fibrinogen, LDH before "
        "lymphodepletion, CRP, earlier ICANS, CNS disease, EASIX, s-EASIX, m-EASIX, fludarabine against renal "
        "function. Can be measured now: ferritin, fibrinogen, CRP."
    ) == line(answer, "Not recorded")
    assert "On record but not judged" not in detail(answer)
    assert "not present" not in detail(answer)


@pytest.mark.rule("R1")
def test_a_patient_on_an_engager_may_have_no_risk_factor(client: Client) -> None:
    teclistamab = given("L01FX24", 30, system=ATC)
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), therapy=bundle(teclistamab)))

    assert ["## Risk factors (not part of the grade)", "", "- No risk factors on record."] == lines_after(
        answer, "## Risk factors"
    )[:3]
    assert "co-stimulation of the product teclistamab (Sat 04:00)" in line(answer, "On record")


@pytest.mark.rule("R3")
def test_a_value_without_a_reference_range_needs_no_second_measurement(client: Client) -> None:
    labs = bundle(lab(FERRITIN, 12_400, "ug/L"), lab(FIBRINOGEN, 1.1, "g/L", low=1.8))
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), labs=labs, therapy=bundle(axi_cel())))

    assert line(answer, "Not recorded").endswith(". Can be measured now: CRP.")
    assert ("- On record but not judged (no limit, or too little other data): ferritin 12,400 µg/L (08:00).") == line(
        answer, "On record"
    )


@pytest.mark.rule("R6")
def test_a_fever_has_one_decimal(client: Client) -> None:
    fever = observation("8310-5", system=LOINC, valueQuantity=quantity(102.6, "[degF]"))
    answer = client.call(prefetch(neuro=bundle(ice(10), alert()), vitals=bundle(fever), therapy=bundle(axi_cel())))

    assert (
        "- Fever up to 39.2 °C (09:00): part of a prediction rule (38.9 Cel or more) (Gust 2017, not confirmed)"
    ) == line(answer, "Fever up to")
    assert "- CRS: grade 1 (10:00), first fever 39.2 °C day 5 (09:00): grade 3 or more" in detail(answer)


@pytest.mark.rule("R5")
def test_fludarabine_of_unknown_amount_is_described_as_such(client: Client) -> None:
    answer = client.call(
        prefetch(
            neuro=bundle(ice(10), alert()),
            therapy=bundle(axi_cel()),
            drugs=bundle(given(FLUDARABINE, 200, system=ATC)),
        )
    )

    assert "- Fludarabine (amount per m² not known) (" in line(answer, "Fludarabine")


@pytest.mark.rule("R5")
def test_a_dose_at_a_clearance_below_30_is_named_even_without_an_amount(client: Client) -> None:
    answer = client.call(
        prefetch(
            patient=patient(gender="female"),
            neuro=bundle(ice(10), alert()),
            vitals=bundle(lab(WEIGHT, 80, "kg", 200)),
            labs=bundle(lab(CREATININE, 4, "mg/dL", 11 * DAY)),
            therapy=bundle(axi_cel()),
            drugs=bundle(given(FLUDARABINE, 10 * DAY, system=ATC)),
        )
    )

    assert (
        "- Fludarabine not reduced at a clearance of 19 mL/min (Cockcroft-Gault; the label reduces below 80 mL/min), "
        "eGFR " in line(answer, "Fludarabine not reduced")
    )


@pytest.mark.rule("L1")
@pytest.mark.rule("L2")
@pytest.mark.rule("L3")
def test_other_causes_are_one_line_and_do_not_change_the_grade(client: Client) -> None:
    answer = client.call(
        prefetch(
            neuro=bundle(ice(5), alert()),
            labs=bundle(lab(SODIUM, 126, "mmol/L")),
            therapy=bundle(axi_cel()),
            drugs=bundle(given(CEFEPIME, 3, system=ATC)),
            conditions=bundle(condition("A41.9", onsetDateTime=hours_ago(30)), condition("N18.6")),
        )
    )

    assert (
        "- Other causes on record: hyponatraemia (sodium 126 mmol/L, 08:00), sepsis (Sat 04:00, 30 h ago), uraemia, "
        "cefepime (07:00); consider work-up"
    ) == line(answer, "Other causes on record")
    assert "- Glucose: not measured in 24 h; may explain the findings" == line(answer, "Glucose")
    assert "look-alike-work-up" in evaluation(answer)["recommendations"]
    assert ("exact", 2) == (evaluation(answer)["icans"]["certainty"], evaluation(answer)["icans"]["grade"])
    assert 1 == len(answer["cards"])


@pytest.mark.rule("L2")
def test_a_cause_that_already_explains_the_findings_is_not_repeated(client: Client) -> None:
    answer = client.call(
        prefetch(
            neuro=bundle(ice(5), alert(), coded("other-cause", "stroke")),
            therapy=bundle(axi_cel()),
            conditions=bundle(condition("I63.9", onsetDateTime=hours_ago(3))),
        )
    )

    assert "Look at other causes first: stroke" in detail(answer)
    assert "Other causes on record" not in detail(answer)


HAEMOPHAGOCYTIC = (
    lab(FERRITIN, 12_400, "ug/L", high=400),
    lab(FIBRINOGEN, 1.1, "g/L", low=1.8),
    lab(PLATELETS, 150, "10*9/L", 10 * DAY),
    lab(PLATELETS, 9, "10*9/L"),
)


@pytest.mark.rule("L5")
def test_a_haemophagocytic_syndrome_raises_the_status_card_to_a_warning(client: Client) -> None:
    answer = client.call(
        prefetch(neuro=bundle(ice(10), alert()), labs=bundle(*HAEMOPHAGOCYTIC), therapy=bundle(axi_cel()))
    )

    (card,) = answer["cards"]
    assert ("warning", "icansGrade0") == (card["indicator"], card["source"]["topic"]["code"])
    assert {"U:iec-hs"} == {reason["rule"] for reason in evaluation(answer)["urgency"]["reasons"]}
    assert "ferritin 12,400 µg/L" in card["detail"]
    assert "criteria as cited, not confirmed" in card["detail"]
    assert "iec-hs-work-up" in evaluation(answer)["recommendations"]


@pytest.mark.rule("L4")
@pytest.mark.rule("L5")
def test_one_card_names_every_look_alike(client: Client) -> None:
    answer = client.call(
        prefetch(
            neuro=bundle(ice(8), alert(), coded("neuro-symptom", "parkinsonism", 30)),
            labs=bundle(*HAEMOPHAGOCYTIC, lab(SODIUM, 126, "mmol/L")),
            therapy=bundle(given(CILTA_CEL, 5 * DAY, system=ATC)),
        )
    )

    text = detail(answer)
    assert 1 == len(answer["cards"])
    lines = (
        "Other causes on record: hyponatraemia",
        "**Consider work-up",
        "**Parkinsonism**",
        "parkinsonism, median day 56",
    )
    assert [] == [start for start in lines if start not in text]


@pytest.mark.rule("E2")
@pytest.mark.rule("L5")
def test_a_review_for_escalation_and_a_look_alike_share_one_card(client: Client) -> None:
    answer = client.call(
        prefetch(
            neuro=bundle(ice(2, 30), alert(30), ice(1), alert()),
            labs=bundle(*HAEMOPHAGOCYTIC),
            therapy=bundle(axi_cel()),
            drugs=bundle(
                given(DEXAMETHASONE, 26, system=ATC, dosage={"dose": quantity(10, "mg")}),
                given(DEXAMETHASONE, 20, system=ATC, dosage={"dose": quantity(10, "mg")}),
                given(ANAKINRA, 7, system=ATC),
            ),
        )
    )

    assert ["icansGrade3"] == [card["source"]["topic"]["code"] for card in answer["cards"]]
    assert "iec-hs-work-up" in evaluation(answer)["recommendations"]
    assert "Given in the last 24 h: dexamethasone 10 mg (once); last Sat 14:00, 20 h ago." == line(answer, "Given")
    assert "Evidence for anakinra: 73 % of 23 refractory cases" in detail(answer)
    assert (
        "Corticosteroid since Sat 08:00, 26 h ago: dexamethasone 10 mg (2 doses); last Sat 14:00, 20 h ago; "
        "about 10 mg dexamethasone equivalent in 24 h. No better after 26 h (grade 3 then, 3 now). "
        "Anakinra once in this course, last 03:00."
    ) == line(answer, "Corticosteroid since")


@pytest.mark.rule("E5")
def test_an_amount_in_words_is_not_read_as_an_amount(client: Client) -> None:
    worded = given(DEXAMETHASONE, 4, system=ATC, dosage={"text": "40 mg IV"})
    measured = given(DEXAMETHASONE, 8, system=ATC, dosage={"dose": quantity(10, "mg")})
    answer = client.call(
        prefetch(
            neuro=bundle(ice(5, 12), alert(12), ice(5), alert()),
            therapy=bundle(axi_cel()),
            drugs=bundle(measured, worded),
        )
    )

    assert "dexamethasone 10 mg (once), amount not known (once); last" in line(answer, "Corticosteroid since")
    assert "at least about 10 mg dexamethasone equivalent in 24 h" in line(answer, "Corticosteroid since")
