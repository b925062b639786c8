"""The moments at which the chart's pages call the service: opening, admission, an order, discharge."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fhir.resources.R4B.medicationrequest import MedicationRequest
from flask.testing import FlaskClient

from cds_service.knowledge import Knowledge
from cds_service.sandbox.pages.moments import MOMENTS
from cds_service.sandbox.stories.orders import SampleOrder, read_orders
from tests.builders import NOW
from tests.sandbox.test_pages import cards, get, text

ORDERS = read_orders()
PATIENT = "/patients/brandt"


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_an_order_is_valid_fhir_for_a_drug_that_the_rules_know(order: SampleOrder, knowledge: Knowledge) -> None:
    draft = MedicationRequest.model_validate(order.draft("brandt", NOW))
    (coding,) = draft.medicationCodeableConcept.coding

    assert knowledge.terminology.drugs.find([coding])
    assert order.title.split()[0] == order.drug.split()[0]
    assert f" {order.dose:g} {order.unit.replace('m2', 'm²')} " in order.title


@pytest.mark.parametrize("hook", MOMENTS)
def test_each_moment_asks_its_own_service(web: FlaskClient, hook: str) -> None:
    page = get(web, f"{PATIENT}?hook={hook}")

    assert f"icans-{hook} answered in" in text(page)
    assert "The service refused" not in page
    assert f"/cds-services/icans-{hook}" in text(page)
    assert [MOMENTS[hook][1]] == re.findall(r'aria-current="page">([^<]*)</a>', page)[:1]


def test_an_order_shows_its_alert_and_what_would_change(web: FlaskClient) -> None:
    page = get(web, f"{PATIENT}?hook=order-sign&order=dexamethasone-4")

    assert "Corticosteroid drafted below the options for ICANS 2" in cards(page)[0]
    change, *_ = re.findall(r"<details><summary>(.*?)</summary><pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    assert "dexamethasone" in change[0]
    assert '"type": "update"' in unescape(change[1])
    assert [] == re.findall(r'<button type="submit">(?!Start)', page.split("</article>")[0].split("<article")[1])


def test_an_unknown_moment_or_order_is_the_opening_or_the_first_order(web: FlaskClient) -> None:
    first = next(iter(ORDERS.values()))

    assert first.title in re.findall(r'aria-current="page">([^<]*)</a>', get(web, f"{PATIENT}?hook=order-sign&order=x"))
    assert cards(get(web, PATIENT)) == cards(get(web, f"{PATIENT}?hook=x"))


def test_after_a_button_the_page_returns_to_the_button(web: FlaskClient) -> None:
    asked = "hook=encounter-discharge&via=fhir"
    answer = web.post(f"{PATIENT}?{asked}", data={})

    kept = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (["encounter-discharge"], ["fhir"]) == (kept["hook"], kept["via"])
