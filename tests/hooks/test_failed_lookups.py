"""Data that failed or were only partly received are reported with the orders and stays they could affect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    AXI_CEL,
    LOINC,
    alert,
    axi_cel,
    bundle,
    dosage,
    draft,
    given,
    ice,
    observation,
    order_call,
    outcome,
    patient,
    prefetch,
    quantity,
    stay_call,
)
from tests.hooks.client import Client
from tests.hooks.test_orders import (
    DEXAMETHASONE,
    LORAZEPAM,
    MEASURED,
    TOCILIZUMAB,
    UNRESOLVED,
    answered,
    card_on_missing_data,
    found,
)

pytestmark = pytest.mark.requirement("hooks:R6")

SCORED = {"neuro": bundle(ice(2), alert())}
ELSEWHERE = [{"relation": "next", "url": "https://elsewhere.example/fhir?page=2"}]
CUT_OFF = bundle(link=ELSEWHERE)
FAILED_THERAPY = {"therapy": outcome()}
CUT_THERAPY = {"therapy": CUT_OFF, "procedures": CUT_OFF}
TEMPERATURE = observation("8310-5", 1, LOINC, valueQuantity=quantity(39, "Cel"))
TECLISTAMAB = "2619438"
LOW_CLEARANCE = bundle(
    *(observation(code, hours, LOINC, valueQuantity=value) for (code, hours), value in MEASURED.items())
)
WEIGHED = bundle(observation("29463-7", 24, LOINC, valueQuantity=quantity(80, "kg")))
FLUDARABINE = draft("24698", dosage(30, "mg/m2"))


@pytest.mark.parametrize("lost", [FAILED_THERAPY, CUT_THERAPY, {"procedures": outcome()}, {"procedures": CUT_OFF}])
@pytest.mark.parametrize("drug", [DEXAMETHASONE, LORAZEPAM])
@pytest.mark.parametrize("neuro", [SCORED, {}])
def test_without_a_known_therapy_a_relevant_order_is_reported(
    client: Client, neuro: dict[str, Any], drug: str, lost: dict[str, Any]
) -> None:
    answer = answered(client, order_call(draft(drug, dosage(4)), **neuro, **lost))

    assert [] == found(answer)
    card = card_on_missing_data(answer)
    assert "therapy look-up incomplete" in card["summary"]
    assert "Look in the chart for the missing data" in card["detail"]


@pytest.mark.parametrize(
    ("order", "neuro"),
    [
        (draft(DEXAMETHASONE, dosage(4)), bundle(ice(8), alert())),
        (draft(LORAZEPAM, dosage(1)), bundle(ice(10), alert())),
        (draft("1191", dosage(100)), SCORED["neuro"]),
        (draft(DEXAMETHASONE, dosage(4), status="stopped"), SCORED["neuro"]),
    ],
)
def test_without_a_known_therapy_an_irrelevant_order_gets_no_card(
    client: Client, order: dict[str, Any], neuro: dict[str, Any]
) -> None:
    assert [] == answered(client, order_call(order, neuro=neuro, **CUT_THERAPY))["cards"]


@pytest.mark.parametrize(("birth", "cards"), [("1966-01-01", 1), ("2015-01-01", 0)])
def test_no_dose_is_verified_for_a_child_whatever_is_known(client: Client, birth: str, cards: int) -> None:
    body = order_call(draft(DEXAMETHASONE, dosage(4)), patient=patient(birth), **CUT_THERAPY)

    assert cards == len(answered(client, body)["cards"])


@pytest.mark.parametrize(("drug", "cards"), [(TOCILIZUMAB, 1), (TECLISTAMAB, 1), (AXI_CEL, 0)])
def test_counted_and_repeated_drugs_need_a_known_therapy(client: Client, drug: str, cards: int) -> None:
    baseline = bundle(ice(10), alert())
    answer = answered(client, order_call(draft(drug, dosage(4)), neuro=baseline, **CUT_THERAPY))

    assert cards == len(answer["cards"])


def test_an_order_of_an_unknown_drug_is_reported_too(client: Client) -> None:
    assert "drug not known" in card_on_missing_data(answered(client, order_call(UNRESOLVED, **CUT_THERAPY)))["summary"]


def test_a_known_therapy_needs_no_further_source(client: Client) -> None:
    lost = {"therapy": bundle(axi_cel(60)), "procedures": outcome()}

    assert [] == answered(client, order_call(draft(LORAZEPAM, dosage(1)), **lost))["cards"]


def test_complete_data_without_a_therapy_get_no_card(client: Client) -> None:
    assert [] == answered(client, order_call(draft(LORAZEPAM, dosage(1))))["cards"]


@pytest.mark.parametrize("lost", [FAILED_THERAPY, {"procedures": outcome()}, CUT_THERAPY])
def test_the_chart_says_that_the_therapy_is_unknown(client: Client, lost: dict[str, Any]) -> None:
    (card,) = client.call(prefetch(**SCORED, **lost))["cards"]

    assert "(therapy not known)" in card["summary"]
    assert "CAR-T or engager not recorded" not in card["summary"]


def test_the_chart_of_a_patient_without_a_score_gets_no_card(client: Client) -> None:
    """Rule U1: an unknown therapy is reported at an order or a discharge, not when a chart is opened."""
    assert [] == client.call(prefetch(**CUT_THERAPY))["cards"]


@pytest.mark.parametrize(("lost", "cards"), [({"drugs": outcome()}, 1), ({"drugs": CUT_OFF}, 1), ({}, 0)])
@pytest.mark.rule("C5")
def test_tocilizumab_needs_the_number_of_earlier_doses(client: Client, lost: dict[str, Any], cards: int) -> None:
    known = {"neuro": bundle(ice(10), alert()), "vitals": bundle(TEMPERATURE), "therapy": bundle(axi_cel())}
    answer = answered(client, order_call(draft(TOCILIZUMAB, dosage(560)), **known, **lost))

    assert [] == found(answer)
    assert cards == len(answer["cards"])
    assert all("drugs given not all known" in card["summary"] for card in answer["cards"])


@pytest.mark.parametrize(("lost", "cards"), [({"drugs": outcome()}, 1), ({"drugs": CUT_OFF}, 0), ({}, 0)])
def test_stopping_a_corticosteroid_needs_the_recent_administrations(
    client: Client, lost: dict[str, Any], cards: int
) -> None:
    """The list is newest first: it has the drugs of the last 24 h even if its end is cut off."""
    stopped = draft(DEXAMETHASONE, dosage(10), status="stopped")
    answer = answered(client, order_call(stopped, **SCORED, therapy=bundle(axi_cel()), **lost))

    assert cards == len(answer["cards"])


def test_a_running_corticosteroid_needs_no_further_data(client: Client) -> None:
    running = given(DEXAMETHASONE, 6, dosage={"dose": quantity(10, "mg")})
    stopped = draft(DEXAMETHASONE, dosage(10), id="d-1", status="stopped")
    answer = answered(client, order_call(stopped, **SCORED, therapy=bundle(axi_cel(), running), drugs=outcome()))

    assert [("steroid-stopped-early", "MedicationRequest/d-1")] == found(answer)
    assert 1 == len(answer["cards"])


@pytest.mark.parametrize("lost", [{"labs": outcome()}, {"labs": CUT_OFF}, {"vitals": outcome()}])
def test_fludarabine_before_cells_needs_a_clearance(client: Client, lost: dict[str, Any]) -> None:
    cells = {"orders": bundle(draft(AXI_CEL, status="active"))}
    card = card_on_missing_data(answered(client, order_call(FLUDARABINE, **cells, **lost)))

    assert "clearance not known" in card["summary"]
    assert [] == answered(client, order_call(FLUDARABINE, **lost))["cards"]


def test_fludarabine_without_a_recorded_creatinine_gets_no_card(client: Client) -> None:
    cells = {"orders": bundle(draft(AXI_CEL, status="active"))}

    assert [] == answered(client, order_call(FLUDARABINE, vitals=WEIGHED, **cells))["cards"]


def test_fludarabine_needs_to_know_whether_cells_are_ordered(client: Client) -> None:
    known = {"patient": patient(gender="male"), "labs": LOW_CLEARANCE}
    answer = answered(client, order_call(FLUDARABINE, orders=outcome(), **known))

    assert "active orders did not arrive" in card_on_missing_data(answer)["summary"]
    assert [] == answered(client, order_call(FLUDARABINE, **known))["cards"]


def test_fludarabine_is_reported_if_neither_clearance_nor_orders_arrived(client: Client) -> None:
    answer = answered(client, order_call(FLUDARABINE, labs=outcome(), orders=outcome()))

    assert "clearance not known" in card_on_missing_data(answer)["summary"]


def test_stopping_fludarabine_gets_no_card(client: Client) -> None:
    ended = {**FLUDARABINE, "status": "stopped"}

    assert [] == answered(client, order_call(ended, labs=outcome(), orders=outcome()))["cards"]


@pytest.mark.parametrize(("neuro", "cards"), [(bundle(), 1), (bundle(ice(10, 48)), 0)])
def test_an_admission_without_order_data_and_baseline_is_reported(
    client: Client, neuro: dict[str, Any], cards: int
) -> None:
    answer = answered(client, stay_call("encounter-start", neuro=neuro, orders=outcome()))

    assert cards == len(answer["cards"])
    assert all("This stay was not checked" in card["summary"] for card in answer["cards"])


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_a_stay_without_a_known_therapy_is_reported(client: Client, hook: str) -> None:
    card = card_on_missing_data(answered(client, stay_call(hook, **CUT_THERAPY)))

    assert "therapy look-up incomplete" in card["summary"]
    assert [] == answered(client, stay_call(hook))["cards"]


@pytest.mark.parametrize(("days", "cards"), [(56, 1), (57, 0)])
def test_a_discharge_without_drug_data_is_reported(client: Client, days: float, cards: int) -> None:
    known = {"neuro": bundle(ice(10), alert()), "therapy": bundle(axi_cel(days))}
    answer = answered(client, stay_call("encounter-discharge", drugs=outcome(), **known))

    missing = [card for card in answer["cards"] if "icansDataMissing" == card["source"]["topic"]["code"]]
    assert cards == len(missing)
    assert all("drugs given not all known" in card["summary"] for card in missing)
