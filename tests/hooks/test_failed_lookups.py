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
    found,
    unchecked,
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
def test_without_a_known_therapy_an_order_that_could_matter_is_told(
    client: Client, neuro: dict[str, Any], drug: str, lost: dict[str, Any]
) -> None:
    answer = answered(client, order_call(draft(drug, dosage(4)), **neuro, **lost))

    assert [] == found(answer)
    card = unchecked(answer)
    assert "look-up of the therapy incomplete" in card["summary"]
    assert "Look in the chart for what did not arrive" in card["detail"]


@pytest.mark.parametrize(
    ("order", "neuro"),
    [
        (draft(DEXAMETHASONE, dosage(4)), bundle(ice(8), alert())),
        (draft(LORAZEPAM, dosage(1)), bundle(ice(10), alert())),
        (draft("1191", dosage(100)), SCORED["neuro"]),
        (draft(DEXAMETHASONE, dosage(4), status="stopped"), SCORED["neuro"]),
    ],
)
def test_without_a_known_therapy_what_could_not_matter_is_silence(
    client: Client, order: dict[str, Any], neuro: dict[str, Any]
) -> None:
    assert [] == answered(client, order_call(order, neuro=neuro, **CUT_THERAPY))["cards"]


@pytest.mark.parametrize(("birth", "cards"), [("1966-01-01", 1), ("2015-01-01", 0)])
def test_no_dose_is_verified_for_a_child_whatever_is_known(client: Client, birth: str, cards: int) -> None:
    body = order_call(draft(DEXAMETHASONE, dosage(4)), patient=patient(birth), **CUT_THERAPY)

    assert cards == len(answered(client, body)["cards"])


@pytest.mark.parametrize(("drug", "cards"), [(TOCILIZUMAB, 1), (TECLISTAMAB, 1), (AXI_CEL, 0)])
def test_what_is_counted_or_given_again_needs_a_known_therapy(client: Client, drug: str, cards: int) -> None:
    baseline = bundle(ice(10), alert())
    answer = answered(client, order_call(draft(drug, dosage(4)), neuro=baseline, **CUT_THERAPY))

    assert cards == len(answer["cards"])


def test_an_order_of_nobody_knows_what_is_told_too(client: Client) -> None:
    assert "drug not known" in unchecked(answered(client, order_call(UNRESOLVED, **CUT_THERAPY)))["summary"]


def test_a_known_therapy_needs_no_further_source(client: Client) -> None:
    lost = {"therapy": bundle(axi_cel(60)), "procedures": outcome()}

    assert [] == answered(client, order_call(draft(LORAZEPAM, dosage(1)), **lost))["cards"]


def test_data_that_are_complete_and_hold_no_therapy_are_silence(client: Client) -> None:
    assert [] == answered(client, order_call(draft(LORAZEPAM, dosage(1))))["cards"]


@pytest.mark.parametrize("lost", [FAILED_THERAPY, {"procedures": outcome()}, CUT_THERAPY])
def test_the_chart_says_that_the_therapy_is_not_known(client: Client, lost: dict[str, Any]) -> None:
    (card,) = client.call(prefetch(**SCORED, **lost))["cards"]

    assert "(therapy not known)" in card["summary"]
    assert "CAR-T or engager not recorded" not in card["summary"]


def test_the_chart_of_somebody_without_a_score_stays_silent(client: Client) -> None:
    """Rule U1: an order or a discharge is told, a chart that is opened is not."""
    assert [] == client.call(prefetch(**CUT_THERAPY))["cards"]


@pytest.mark.parametrize(("lost", "cards"), [({"drugs": outcome()}, 1), ({"drugs": CUT_OFF}, 1), ({}, 0)])
@pytest.mark.rule("C5")
def test_tocilizumab_needs_the_count_of_what_was_given(client: Client, lost: dict[str, Any], cards: int) -> None:
    known = {"neuro": bundle(ice(10), alert()), "vitals": bundle(TEMPERATURE), "therapy": bundle(axi_cel())}
    answer = answered(client, order_call(draft(TOCILIZUMAB, dosage(560)), **known, **lost))

    assert [] == found(answer)
    assert cards == len(answer["cards"])
    assert all("drugs given not fully known" in card["summary"] for card in answer["cards"])


@pytest.mark.parametrize(("lost", "cards"), [({"drugs": outcome()}, 1), ({"drugs": CUT_OFF}, 0), ({}, 0)])
def test_the_end_of_a_corticosteroid_needs_what_runs(client: Client, lost: dict[str, Any], cards: int) -> None:
    """The list is newest first: what was given in the last 24 h is there though its end is cut off."""
    stopped = draft(DEXAMETHASONE, dosage(10), status="stopped")
    answer = answered(client, order_call(stopped, **SCORED, therapy=bundle(axi_cel()), **lost))

    assert cards == len(answer["cards"])


def test_a_corticosteroid_that_is_seen_to_run_needs_nothing_else(client: Client) -> None:
    running = given(DEXAMETHASONE, 6, dosage={"dose": quantity(10, "mg")})
    stopped = draft(DEXAMETHASONE, dosage(10), id="d-1", status="stopped")
    answer = answered(client, order_call(stopped, **SCORED, therapy=bundle(axi_cel(), running), drugs=outcome()))

    assert [("steroid-stopped-early", "MedicationRequest/d-1")] == found(answer)
    assert 1 == len(answer["cards"])


@pytest.mark.parametrize("lost", [{"labs": outcome()}, {"labs": CUT_OFF}, {"vitals": outcome()}])
def test_fludarabine_before_cells_needs_a_clearance(client: Client, lost: dict[str, Any]) -> None:
    cells = {"orders": bundle(draft(AXI_CEL, status="active"))}

    assert "clearance not known" in unchecked(answered(client, order_call(FLUDARABINE, **cells, **lost)))["summary"]
    assert [] == answered(client, order_call(FLUDARABINE, **lost))["cards"]


def test_fludarabine_without_a_creatinine_on_record_is_silence(client: Client) -> None:
    cells = {"orders": bundle(draft(AXI_CEL, status="active"))}

    assert [] == answered(client, order_call(FLUDARABINE, vitals=WEIGHED, **cells))["cards"]


def test_fludarabine_needs_to_know_whether_cells_are_ordered(client: Client) -> None:
    known = {"patient": patient(gender="male"), "labs": LOW_CLEARANCE}
    answer = answered(client, order_call(FLUDARABINE, orders=outcome(), **known))

    assert "active orders did not arrive" in unchecked(answer)["summary"]
    assert [] == answered(client, order_call(FLUDARABINE, **known))["cards"]


def test_fludarabine_is_told_where_neither_clearance_nor_orders_came(client: Client) -> None:
    answer = answered(client, order_call(FLUDARABINE, labs=outcome(), orders=outcome()))

    assert "clearance not known" in unchecked(answer)["summary"]


def test_fludarabine_that_ends_is_silence(client: Client) -> None:
    ended = {**FLUDARABINE, "status": "stopped"}

    assert [] == answered(client, order_call(ended, labs=outcome(), orders=outcome()))["cards"]


@pytest.mark.parametrize(("neuro", "cards"), [(bundle(), 1), (bundle(ice(10, 48)), 0)])
def test_a_stay_whose_orders_did_not_arrive_is_told_without_a_baseline(
    client: Client, neuro: dict[str, Any], cards: int
) -> None:
    answer = answered(client, stay_call("encounter-start", neuro=neuro, orders=outcome()))

    assert cards == len(answer["cards"])
    assert all("This stay was not checked" in card["summary"] for card in answer["cards"])


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_a_stay_without_a_known_therapy_is_told(client: Client, hook: str) -> None:
    card = unchecked(answered(client, stay_call(hook, **CUT_THERAPY)))

    assert "look-up of the therapy incomplete" in card["summary"]
    assert [] == answered(client, stay_call(hook))["cards"]


@pytest.mark.parametrize(("days", "cards"), [(56, 1), (57, 0)])
def test_a_discharge_whose_drugs_did_not_arrive_is_told(client: Client, days: float, cards: int) -> None:
    known = {"neuro": bundle(ice(10), alert()), "therapy": bundle(axi_cel(days))}
    answer = answered(client, stay_call("encounter-discharge", drugs=outcome(), **known))

    told = [card for card in answer["cards"] if "icansDataMissing" == card["source"]["topic"]["code"]]
    assert cards == len(told)
    assert all("drugs given not fully known" in card["summary"] for card in told)
