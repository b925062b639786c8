"""How often something is given."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cds_service.fhir_mapping.orders.rates import SYSTEM, number_of_doses, times_a_day
from cds_service.fhir_mapping.r4.datatypes import Timing


def timing(**parts: Any) -> Timing:
    """A Timing as FHIR has it."""
    return msgspec.convert(parts, Timing)


def code(text: str, system: str = SYSTEM) -> dict[str, Any]:
    """A Timing's code."""
    return {"coding": [{"system": "urn:local", "code": "BID"}, {"system": system, "code": text}]}


@pytest.mark.parametrize(
    ("given", "often"),
    [
        ({}, 1),
        ({"repeat": {}}, 1),
        ({"repeat": {"count": 2}}, 1),
        ({"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}}, 4),
        ({"repeat": {"frequency": 1, "period": 6, "periodMax": 12, "periodUnit": "h"}}, 4),
        ({"repeat": {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}}, 2),
        ({"repeat": {"period": 2, "periodUnit": "d"}}, 0.5),
        ({"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}, 1 / 7),
        ({"repeat": {"period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00", "20:00:00"]}}, 2),
        ({"repeat": {"timeOfDay": ["08:00:00", "14:00:00", "20:00:00"]}}, 3),
        ({"code": code("BID")}, 2),
        ({"code": code("Q8H"), "repeat": {"count": 3}}, 3),
        ({"repeat": {"frequency": 1, "period": 1, "periodUnit": "min"}}, 1440),
    ],
)
def test_a_frequency_is_understood(given: dict[str, Any], often: float) -> None:
    assert pytest.approx(often) == times_a_day(timing(**given))


@pytest.mark.parametrize(
    "given",
    [
        {"code": {"text": "as the nurse sees fit"}},
        {"code": code("BID", "urn:other")},
        {"code": code("XYZ")},
        {"repeat": {"frequency": 1, "period": 6, "periodUnit": "fortnight"}},
        {"repeat": {"frequency": 1, "period": 6}},
        {"repeat": {"frequency": 1, "period": 0, "periodUnit": "h"}},
        {"repeat": {"frequency": 1, "period": -1, "periodUnit": "h"}},
        {"repeat": {"frequency": 1, "period": 1, "periodUnit": "s"}},
        {"repeat": {"frequency": 1, "period": 5e-324, "periodUnit": "s"}},
    ],
)
def test_what_is_not_understood_is_not_guessed(given: dict[str, Any]) -> None:
    assert None is times_a_day(timing(**given))


def test_without_a_timing_it_is_once() -> None:
    assert (1, None) == (times_a_day(None), number_of_doses(None))


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"repeat": {"count": 2}}, 2),
        ({"event": ["2026-03-08", "2026-03-09"]}, 2),
        ({"repeat": {"count": 0}}, None),
        ({}, None),
    ],
)
def test_the_number_of_doses(given: dict[str, Any], number: int | None) -> None:
    assert number == number_of_doses(timing(**given))
