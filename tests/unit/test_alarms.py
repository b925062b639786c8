"""The stays by which the alarm load is measured (`make alarms`): each reaches the grade that it is named after."""

from __future__ import annotations

import pytest

from bench.alarms import STAYS, load_of


@pytest.mark.parametrize(
    ("stay", "highest"), [("no ICANS", "info"), ("grade 2 at worst", "warning"), ("grade 3 at worst", "critical")]
)
def test_a_stay_reaches_the_urgency_of_its_worst_grade(stay: str, highest: str) -> None:
    shares = load_of(STAYS[stay], days=6).shares
    order = ("none", "info", "warning", "critical")
    assert [name for name in order if shares[name]][-1] == highest
    assert sum(shares.values()) == pytest.approx(1)
