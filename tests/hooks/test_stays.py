"""encounter-start and encounter-discharge."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import AXI_CEL, alert, axi_cel, bundle, draft, ice, outcome, stay_call
from tests.hooks.client import Client
from tests.hooks.test_orders import answered, found
from tests.hooks.test_refusals import refused

START, DISCHARGE = "encounter-start", "encounter-discharge"


@pytest.mark.requirement("hooks:H4")
def test_an_admission_for_cells_without_a_baseline_gets_a_card(client: Client) -> None:
    ordered = draft(AXI_CEL, id="m-1", status="active")
    answer = answered(client, stay_call(START, orders=bundle(ordered)))

    assert [("cart-without-baseline", "MedicationRequest/m-1")] == found(answer)
    (card,) = answer["cards"]
    assert "Axicabtagene ciloleucel ordered, no baseline ICE in the last 14 days" in card["summary"]
    assert ["Task"] == [suggestion["actions"][0]["resource"]["resourceType"] for suggestion in card["suggestions"]]


def test_discharge_with_icans_is_as_urgent_as_the_grade(client: Client) -> None:
    answer = answered(client, stay_call(DISCHARGE, neuro=bundle(ice(2), alert()), therapy=bundle(axi_cel())))

    assert ("discharge-unresolved", None) == found(answer)[0]
    assert ["critical", "warning", "info"] == [card["indicator"] for card in answer["cards"]]


@pytest.mark.parametrize("hook", [START, DISCHARGE])
@pytest.mark.parametrize("encounter", [None, "", "e/1"])
@pytest.mark.requirement("hooks:R5")
def test_a_stay_needs_an_encounter(client: Client, hook: str, encounter: Any) -> None:
    body = stay_call(hook)
    body["context"]["encounterId"] = encounter

    assert "encounterId" in refused(client.post(body, f"/cds-services/icans-{hook}"), 422)


@pytest.mark.parametrize("hook", [START, DISCHARGE])
@pytest.mark.requirement("hooks:R3")
def test_without_the_needed_data_it_is_412(client: Client, hook: str) -> None:
    assert "patient (required)" in refused(
        client.post(stay_call(hook) | {"prefetch": {}}, f"/cds-services/icans-{hook}"), 412
    )


@pytest.mark.parametrize("hook", [START, DISCHARGE])
def test_failed_lookups_are_reported_on_a_card(client: Client, hook: str) -> None:
    answer = answered(client, stay_call(hook, neuro=outcome()))

    assert ["icansDataMissing"] == [card["source"]["topic"]["code"] for card in answer["cards"]]
