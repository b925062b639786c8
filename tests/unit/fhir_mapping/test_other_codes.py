"""Vital signs and scores by other codes than the usual ones; pressures of other vessels."""

from __future__ import annotations

import pytest

from tests.builders import LOINC, SNOMED, concept, observation, quantity
from tests.unit.mapping import gap, gaps, mapped, values

ZIB = "urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.2."
# Temperatures of the body, each with its source: LOINC, as in the value set 2.16.840.1.113762.1.4.1045.152 (eCQM 2025).
SITES = [
    (LOINC, one)
    for one in (
        "8310-5 8331-1 8333-7 8328-7 8332-9 8329-5 8330-3 8334-5 60836-4 60838-0 75539-7 76011-6".split()  # noqa: SIM905
    )
]


@pytest.mark.parametrize(("system", "code"), [*SITES, (SNOMED, "276885007")])
def test_a_temperature_of_any_site_is_read(system: str, code: str) -> None:
    facts = mapped(observation(code, system=system, valueQuantity=quantity(39, "Cel")))

    assert [39] == values(facts, "body-temperature")


@pytest.mark.parametrize("code", ["60830-7", "60833-1", "61008-9", "98657-0", "98663-8"])
def test_a_temperature_of_finger_toe_or_skin_is_none_of_the_body(code: str) -> None:
    assert [] == values(mapped(observation(code, system=LOINC, valueQuantity=quantity(39, "Cel"))), "body-temperature")


@pytest.mark.parametrize("code", ["2345-7", "2339-0", "41653-7"])
def test_glucose_by_mass(code: str) -> None:
    facts = mapped(observation(code, system=LOINC, valueQuantity=quantity(54, "mg/dL")))

    assert [54] == values(facts, "glucose")


@pytest.mark.parametrize("code", ["14749-6", "15074-8"])
def test_glucose_by_amount_of_substance(code: str) -> None:
    facts = mapped(observation(code, system=LOINC, valueQuantity=quantity(3, "mmol/L")))

    assert [54.048] == values(facts, "glucose")


# LL6536-8, as in the value set mii-vs-icu-score-rass.
RASS = {
    "LA17287-6": 4,
    "LA33959-0": 3,
    "LA33960-8": 2,
    "LA16474-1": 1,
    "LA33962-4": 0,
    "LA33963-2": -1,
    "LA33964-0": -2,
    "LA33965-7": -3,
    "LA33966-5": -4,
    "LA33967-3": -5,
}


@pytest.mark.parametrize(("answer", "points"), RASS.items())
def test_each_answer_of_the_list_of_rass(answer: str, points: int) -> None:
    facts = mapped(observation("1345050000", system=SNOMED, valueCodeableConcept=concept(answer, LOINC)))

    assert [points] == values(facts, "rass")


@pytest.mark.parametrize(
    ("code", "system", "answer", "name", "points"),
    [
        *(("281395000", f"{ZIB}1", f"E{points}", "gcs-eye", points) for points in range(1, 5)),
        *(("281396004", f"{ZIB}2", f"M{points}", "gcs-motor", points) for points in range(1, 7)),
        *(("281397008", f"{ZIB}3", f"V{points}", "gcs-verbal", points) for points in range(1, 6)),
    ],
)
def test_each_part_of_the_glasgow_coma_scale_by_snomed_ct(
    code: str, system: str, answer: str, name: str, points: int
) -> None:
    part = {"code": concept(code, SNOMED), "valueCodeableConcept": concept(answer, system)}
    facts = mapped(observation("35088-4", system=LOINC, component=[part]))

    assert [points] == values(facts, name)


def pressure(*codes: tuple[str, str], value: float = 28) -> dict:
    parts = [
        {"code": concept(code, LOINC), "valueQuantity": quantity(number, "mm[Hg]")}
        for code, number in (("8480-6", value), ("8478-0", value - 5))
    ]
    (system, code), *more = codes
    whole = observation(code, system=system, component=parts)
    whole["code"]["coding"] += [{"system": one, "code": other} for one, other in more]
    return whole


@pytest.mark.parametrize(
    "codes",
    [[(LOINC, "85354-9")], [(LOINC, "55284-4")], [("urn:local", "bp"), (LOINC, "85354-9")], [(LOINC, "8480-6")]],
)
def test_pressures_in_a_systemic_panel_count(codes: list[tuple[str, str]]) -> None:
    facts = mapped(pressure(*codes))

    assert ([28], [23]) == (values(facts, "systolic-pressure"), values(facts, "mean-pressure"))


@pytest.mark.parametrize(
    "codes", [[(LOINC, "76284-9")], [(SNOMED, "75367002"), (SNOMED, "250767002"), (LOINC, "76284-9")]]
)
def test_pressures_of_the_pulmonary_artery_are_none_of_the_circulation(codes: list[tuple[str, str]]) -> None:
    facts = mapped(pressure(*codes))

    assert ([], [], set()) == (values(facts, "systolic-pressure"), values(facts, "mean-pressure"), gaps(facts))


def test_pressures_in_a_panel_of_the_site_that_is_not_mapped_are_told() -> None:
    facts = mapped(pressure(("urn:local", "bp"), value=80))

    assert [] == values(facts, "systolic-pressure")
    assert ("unreadable", "no known code") == gap(facts, "systolic-pressure")[1:4:2]
