"""Values that are recorded and not used: the chart names each with its time, why, and the resource that holds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.sandbox.sandbox import SANDBOX, Sandbox
from cds_service.sandbox.stories.story import read_stories
from tests.builders import AXI_CEL, LOINC, concept, quantity
from tests.sandbox.conftest import Clock
from tests.sandbox.people import STORY_PRESENT, given, ice, person, seen, story
from tests.sandbox.test_pages import get, text

PLATELETS = concept("777-3", LOINC) | {"text": "Platelets"}


def told(web: FlaskClient, slug: str) -> list[str]:
    """The lines of the chart about values that are not used."""
    section = re.search(r'<section class="unused".*?</section>', get(web, f"/patients/{slug}"), re.DOTALL)
    return [text(line) for line in re.findall(r"<li>(.*?)</li>", section[0])] if section else []


@pytest.fixture
def clock(clock: Clock) -> Clock:
    """The present of the stories themselves."""
    clock.moment = STORY_PRESENT
    return clock


def charted(app: Flask, *odd: dict[str, Any]) -> FlaskClient:
    """The pages of a patient with an ICE of 10 and these resources."""
    usual = (person("odd"), given("odd", "cells", AXI_CEL, 100), ice("odd", 10, 2))
    app.extensions[SANDBOX] = Sandbox([story("odd", *usual, *odd)], app.extensions[SANDBOX].now)
    return app.test_client()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"valueQuantity": quantity(88000, "10*9/L")}, "Platelets 88000 10*9/L, 8 Mar 09:12: implausible"),
        ({"valueQuantity": quantity(88, "furlong")}, "Platelets 88 furlong, 8 Mar 09:12: unit not understood"),
        ({"valueString": "clumped"}, "Platelets clumped, 8 Mar 09:12: not readable"),
        ({"valueCodeableConcept": concept("low")}, "Platelets low, 8 Mar 09:12: not readable"),
        (
            {"valueQuantity": quantity(88, "10*9/L"), "status": "entered-in-error"},
            "Platelets 88 10*9/L, 8 Mar 09:12: status entered-in-error",
        ),
        (
            {"valueQuantity": quantity(88, "10*9/L"), "effectiveDateTime": "2026-03-09T10:00:00+01:00"},
            "Platelets 88 10*9/L, 9 Mar 10:00: time in the future",
        ),
    ],
)
def test_a_value_that_is_not_used_is_named(app: Flask, value: dict[str, Any], said: str) -> None:
    web = charted(app, seen("odd", "plt", 1, PLATELETS) | value)
    assert [f"{said}, Observation/odd-plt"] == told(web, "odd")
    assert 200 == web.get("/fhir/Observation/odd-plt").status_code


def test_a_period_and_a_value_without_time(app: Flask) -> None:
    period = {"effectivePeriod": {"end": "2026-03-08T08:00:00+01:00"}}
    timed = seen("odd", "plt", 1, PLATELETS, valueQuantity=quantity(88000, "10*9/L")) | period
    del timed["effectiveDateTime"]
    timeless = seen("odd", "ice", 1, concept("ice-total"), valueInteger=7)
    del timeless["effectiveDateTime"]
    assert [
        "Platelets 88000 10*9/L, 8 Mar 08:00: implausible, Observation/odd-plt",
        "ice-total 7, no time: not readable, Observation/odd-ice",
    ] == told(charted(app, timed, timeless), "odd")


def test_the_parts_of_a_panel_are_named(app: Flask) -> None:
    parts = [{"code": concept("ice-naming"), "valueInteger": 9}, {"code": concept("ice-writing"), "valueInteger": 1}]
    panel = seen("odd", "ice", 1, concept("ice-total"), valueInteger=8, component=parts)
    (line,) = told(charted(app, panel), "odd")
    assert line.startswith("ice-total 8, ice-naming 9, ice-writing 1, 8 Mar 09:12: implausible")


def test_where_all_is_used_nothing_is_said(app: Flask) -> None:
    assert [] == told(charted(app), "odd")


def test_every_gap_of_a_value_in_a_record_with_mistakes_is_named(app: Flask) -> None:
    app.extensions[SANDBOX] = Sandbox(read_stories(), app.extensions[SANDBOX].now)
    lines = told(app.test_client(), "messy-record")
    assert 6 == len(lines)
    assert any(line.startswith("ICE total 80, ") and ": implausible, Observation/" in line for line in lines)
