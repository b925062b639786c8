"""What the summary of a card says about CRS (rules C1-C5, G4, U)."""

from __future__ import annotations

import pytest

from tests.builders import (
    LOINC,
    alert,
    bundle,
    coded,
    ice,
    observation,
    prefetch,
    procedure,
    quantity,
)
from tests.hooks.client import Client
from tests.hooks.status_card import FEVER, NO_FEVER, NOREPINEPHRINE, PRESSURE, ROOM_AIR, labels, running, status


@pytest.mark.rule("G4")
def test_a_differing_charted_crs_grade_is_in_the_first_line_and_the_summary(client: Client) -> None:
    charted = observation("crs-grade-documented", valueInteger=3)
    card = status(client, ice(10), alert(), charted, vitals=bundle(NO_FEVER, PRESSURE))

    assert (
        "No ICANS (day 5, axi-cel): charted as CRS 3 at 09:00, ICE 10 at 09:00. "
        "Compare with the patient now; next ICE 21:00"
    ) == card["summary"]
    assert "**A clinician charted CRS 3 at 09:00.** The data here give grade 0" == card["detail"].split("\n")[0]
    assert "critical" == card["indicator"]


@pytest.mark.rule("G4")
@pytest.mark.parametrize(
    ("grade", "first"),
    [
        (1, "## All options by source"),
        (2, "**A clinician charted CRS 2 at 09:00.** The data here give at least grade 1"),
    ],
)
def test_a_charted_crs_grade_is_compared_with_our_floor(client: Client, grade: int, first: str) -> None:
    charted = observation("crs-grade-documented", valueInteger=grade)
    card = status(client, ice(10), alert(), charted, vitals=bundle(FEVER, PRESSURE))

    assert first == card["detail"].split("\n")[0]
    assert (grade == 1) == ("Charted by a clinician: CRS 1 at 09:00" in card["detail"])


@pytest.mark.rule("G4")
def test_two_differing_charted_grades_come_before_everything_else(client: Client) -> None:
    charted = (observation(f"{scale}-grade-documented", valueInteger=2) for scale in ("icans", "crs"))
    card = status(client, *charted)

    assert [
        "**A clinician charted ICANS 2 at 09:00.** The data here give no grade",
        "",
        "**A clinician charted CRS 2 at 09:00.** The data here give no grade",
    ] == card["detail"].split("\n")[:3]


@pytest.mark.rule("G4")
def test_yesterdays_charted_crs_grade_is_not_in_the_summary(client: Client) -> None:
    charted = observation("crs-grade-documented", 12, valueInteger=3)
    card = status(client, ice(10), alert(), charted, vitals=bundle(NO_FEVER, PRESSURE))

    assert "charted" not in card["summary"]
    assert card["detail"].startswith("**A clinician charted CRS 3 at Sat 22:00, 12 h ago.**")


@pytest.mark.rule("U")
@pytest.mark.rule("C6")
def test_crs_3_without_icans_comes_first_with_its_advice(client: Client) -> None:
    card = status(
        client,
        ice(10),
        alert(),
        vitals=bundle(FEVER, *ROOM_AIR),
        drugs=bundle(running(NOREPINEPHRINE, 6)),
    )

    assert (
        "CRS 3 on norepinephrine: consider ICU, tocilizumab and corticosteroid now. No ICANS (day 5, axi-cel)"
    ) == card["summary"]
    assert "**For CRS 3**" == card["detail"].split("\n")[2]
    assert "critical" == card["indicator"]
    assert [
        (
            "Draft order: tocilizumab 8 mg/kg IV (max 800 mg) over 1 h once (repeat every 8 h as needed), "
            "per kg: no current weight (ASCO 2021 CRS)"
        ),
        "Draft order: dexamethasone 10 mg IV every 6 h then rapid taper once better (ASCO 2021 CRS)",
    ] == [label for label in labels(card) if label.startswith("Draft order: ")]


@pytest.mark.rule("U")
@pytest.mark.rule("C5")
def test_crs_3_beside_icans_2_comes_first_with_the_advice_of_the_table(client: Client) -> None:
    card = status(client, ice(5), alert(), vitals=bundle(FEVER, *ROOM_AIR), drugs=bundle(running(NOREPINEPHRINE, 6)))

    assert (
        "CRS 3 on norepinephrine: consider ICU, tocilizumab and corticosteroid now. ICANS 2, new (day 5, axi-cel)"
    ) == card["summary"]
    assert "tocilizumab 8 mg/kg" in card["detail"]


@pytest.mark.rule("U")
def test_crs_3_comes_before_icans_3_too(client: Client) -> None:
    card = status(client, ice(2), alert(), vitals=bundle(FEVER, *ROOM_AIR), drugs=bundle(running(NOREPINEPHRINE, 6)))

    assert card["summary"].startswith("CRS 3 on norepinephrine: ")


@pytest.mark.rule("C4")
def test_crs_with_only_a_known_floor_is_stated_as_a_floor(client: Client) -> None:
    assert ", CRS at least 1 (" in status(client, ice(5), alert(), vitals=bundle(FEVER))["summary"]
    assert ", CRS 1 (" in status(client, ice(5), alert(), vitals=bundle(FEVER, PRESSURE, *ROOM_AIR))["summary"]
    assert "No ICANS, CRS at least 1 (" in status(client, ice(10), alert(), vitals=bundle(FEVER))["summary"]


@pytest.mark.rule("C1")
@pytest.mark.rule("U")
def test_a_vasopressor_without_a_temperature_asks_for_one(client: Client) -> None:
    card = status(client, ice(10), alert(), drugs=bundle(running(NOREPINEPHRINE, 6)))

    assert (
        "No ICANS (day 5, axi-cel): ICE 10 at 09:00. On norepinephrine: take a temperature now; next ICE 21:00"
    ) == card["summary"]
    assert "Check temperature" in card["detail"]
    assert "warning" == card["indicator"]


@pytest.mark.rule("C1")
@pytest.mark.rule("U")
def test_a_ventilator_after_a_fever_without_drug_data_asks_for_the_drugs(client: Client) -> None:
    fever = observation("8310-5", 30, system=LOINC, valueQuantity=quantity(39, "Cel"))
    ventilated = coded("oxygen-device", "mechanical-ventilation")
    cells = procedure("XW033C7", "http://www.cms.gov/Medicare/Coding/ICD10")
    fetched = prefetch(
        neuro=bundle(ice(10), alert()), vitals=bundle(fever, NO_FEVER, ventilated), procedures=bundle(cells)
    )
    card = client.call({key: value for key, value in fetched.items() if key not in ("drugs", "therapy")})["cards"][0]

    assert "Check what was given since the fever" in card["summary"]
    assert "Check what has been given since the fever" in card["detail"]
