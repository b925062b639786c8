"""Values in the many spellings of units, as text, and as points."""

from __future__ import annotations

import pytest

from cds_service.fhir_mapping.read.units import spelled
from cds_service.knowledge import Knowledge
from tests.builders import LOINC, observation
from tests.unit.mapping import gap, gaps, mapped, values

TEMPERATURE, PLATELETS, CREATININE, FERRITIN = "8310-5", "777-3", "2160-0", "2276-4"


def of(code: str, value: float, unit: str, **more: str) -> dict:
    return observation(code, system=LOINC, valueQuantity={"value": value, "unit": unit} | more)


@pytest.mark.parametrize("unit", ["°C", "ºC", "˚C", "℃", " ° C ", "Cel", "degrees Celsius", "deg C"])
def test_a_temperature_in_any_spelling_of_celsius(unit: str) -> None:
    assert [38.6] == values(mapped(of(TEMPERATURE, 38.6, unit)), "body-temperature")


@pytest.mark.parametrize("unit", ["°F", "ºF", "℉", "[degF]", "degrees fahrenheit", "Fahrenheit"])
def test_a_temperature_in_any_spelling_of_fahrenheit(unit: str) -> None:
    assert [38.611111] == values(mapped(of(TEMPERATURE, 101.5, unit)), "body-temperature")


@pytest.mark.parametrize("unit", ["umol/L", "\u00b5mol/L", "\u03bcmol/L"])
def test_a_micro_sign_and_a_greek_mu_are_the_same(unit: str) -> None:
    assert [1.131] == values(mapped(of(CREATININE, 100, unit)), "creatinine")


@pytest.mark.parametrize(
    "unit",
    ["10*9/L", "10^9/L", "10\u2079/L", "x10^9/L", "\u00d7 10\u2079/L", "x10E9/L", "10e9/L", "10**9/L"],
)
def test_a_power_of_ten_in_any_spelling(unit: str) -> None:
    facts = mapped(of(PLATELETS, 45, unit))

    assert ([45], set()) == (values(facts, "platelets"), gaps(facts))


@pytest.mark.parametrize("unit", ["10*12/L", "109/L", "\u2079/L", "x" * 100])
def test_another_power_or_a_mere_look_alike_is_not_guessed(unit: str) -> None:
    assert {("platelets", "unknown-unit")} == gaps(mapped(of(PLATELETS, 45, unit)))


def test_the_spellings_of_the_table_are_in_the_form_that_is_compared(knowledge: Knowledge) -> None:
    listed = [one for table in knowledge.units.values() for one in (*table.factors, *table.shifted)]

    assert listed == [spelled(one) for one in listed]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("38,9 °C", 38.9),
        ("38.9 Cel", 38.9),
        (" 39 C", 39),
        ("102.2 F", 39),
        ("102,2ºF", 39),
    ],
)
def test_a_value_recorded_as_text_with_its_unit_is_read(text: str, value: float) -> None:
    assert [value] == values(mapped(observation(TEMPERATURE, system=LOINC, valueString=text)), "body-temperature")


def test_a_bound_recorded_as_text_keeps_its_comparator() -> None:
    (record,) = mapped(observation(FERRITIN, system=LOINC, valueString=">1650 ng/mL")).of("ferritin")

    assert (1650, ">") == (record.value, record.comparator)


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("38,9", "unknown-unit", "no unit"),
        ("39 hot", "unknown-unit", "text"),
        ("39 John Example", "unknown-unit", "text"),
        ("hot", "unreadable", ""),
        ("38 - 39 Cel", "unknown-unit", "text"),
    ],
)
def test_a_text_that_is_no_value_is_told_without_its_words(text: str, kind: str, detail: str) -> None:
    found = gap(mapped(observation(TEMPERATURE, system=LOINC, valueString=text)), "body-temperature")

    assert (kind, detail) == (found.kind, found.detail or "")


@pytest.mark.parametrize("text", ["1,650 ng/mL", "> 16,500 ng/mL", "1,650,000 ng/mL"])
def test_a_comma_before_three_digits_may_separate_thousands(text: str) -> None:
    assert {("ferritin", "unreadable")} == gaps(mapped(observation(FERRITIN, system=LOINC, valueString=text)))


def test_a_comma_after_zero_is_a_decimal_one() -> None:
    facts = mapped(observation("1975-2", system=LOINC, valueString="0,125 mg/dL"))

    assert [0.125] == values(facts, "bilirubin")


@pytest.mark.parametrize("unit", ["points", "Points", "pts", "#", "/10", "{score}", "1", "", "out of 10", "{points}"])
def test_points_under_any_name_are_a_score(unit: str) -> None:
    assert [9] == values(mapped(observation("ice-total", valueQuantity={"value": 9, "unit": unit})), "ice-total")


@pytest.mark.parametrize("unit", ["/30", "out of 8", "%", "mg"])
def test_points_of_another_scale_are_none(unit: str) -> None:
    facts = mapped(observation("ice-total", valueQuantity={"value": 9, "unit": unit}))

    assert {("ice-total", "unknown-unit")} == gaps(facts)


@pytest.mark.parametrize("text", ["9/10", "9", " 9 / 10 ", "9,0", "9.0"])
def test_a_score_recorded_as_text(text: str) -> None:
    assert [9] == values(mapped(observation("ice-total", valueString=text)), "ice-total")


@pytest.mark.parametrize("text", ["9/30", "9,5", "nine"])
def test_a_text_that_is_no_score_is_refused(text: str) -> None:
    assert {("ice-total", "unreadable")} == gaps(mapped(observation("ice-total", valueString=text)))


@pytest.mark.parametrize(("answer", "points"), [(True, 1), (False, 0)])
def test_what_is_right_or_wrong_is_worth_a_point(answer: bool, points: int) -> None:
    assert [points] == values(mapped(observation("ice-writing", valueBoolean=answer)), "ice-writing")


@pytest.mark.parametrize("code", ["ice-naming", "ice-total"])
def test_true_says_nothing_of_several_points(code: str) -> None:
    assert {(code, "unreadable")} == gaps(mapped(observation(code, valueBoolean=True)))
