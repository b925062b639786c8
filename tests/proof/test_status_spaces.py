"""The spaces of asks, urgency and escalation contain scenarios on both sides of what they test."""

from __future__ import annotations

from functools import cache

import pytest

from tests.proof.readings import Status, their_status
from tests.proof.spaces import STATUS_SPACES
from tests.second_reading.asks import CODES

pytestmark = pytest.mark.no_cover


@cache
def statuses(name: str) -> tuple[Status, ...]:
    """The second reading's status for every scenario of a space."""
    space = next(space for space in STATUS_SPACES if space.name == name)
    return tuple(their_status(scenario) for row in space.rows() for scenario in row.scenarios)


def test_every_rule_of_q_comes_first_in_some_scenario() -> None:
    first = {status.asks[0] for status in statuses("asks: every two things that are asked about") if status.asks}

    assert set() == set(CODES) - first


def test_every_row_and_every_reason_of_u_is_reached() -> None:
    reasons = {one for status in statuses("asks: every two things that are asked about") for one in status.reasons}

    assert {"U:exact-0", "U:exact-1", "U:exact-2", "U:exact-3", "U:exact-4"} <= reasons
    assert {"U:at-least-1", "U:at-least-2", "U:at-least-3", "U:cannot-grade", "U:needs-attribution"} <= reasons
    assert {"U:last-known", "U:symptom", "U:corticosteroid", "U:sedated"} <= reasons
    assert {"U:crs-2", "U:crs-3", "U:glasgow", "U:crs-unknown", "U:charted-icans", "U:charted-crs"} <= reasons
    assert {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "C7", "N", "T8"} <= reasons


def test_no_card_is_without_a_reason_and_no_warning_without_an_ask() -> None:
    for space in STATUS_SPACES:
        for status in statuses(space.name):
            assert status.reasons
            assert status.attention == "silent" or status.urgency == "info" or status.asks


@pytest.mark.parametrize(("name", "expected"), [
    ("review for escalation", {(True, False), (False, False)}),
    ("escalations", {(True, False), (False, True)}),
    ("arisen on a corticosteroid", {(True, False), (False, False), (False, True)}),
])  # fmt: skip
def test_a_review_is_prompted_in_some_scenarios_and_deferred_in_others(
    name: str, expected: set[tuple[bool, bool]]
) -> None:
    assert expected == {(status.escalate, status.reassess_by is not None) for status in statuses(name)}


def test_flares_and_tapers_occur_in_some_scenarios_only() -> None:
    assert {True, False} == {status.flare for status in statuses("flares")}
    assert {True, False} == {status.taper for status in statuses("flares")}


def test_delayed_signs_are_reported_from_day_10_on() -> None:
    delayed = statuses("delayed signs after BCMA cells")

    assert {"warning"} == {status.urgency for status in delayed if status.delayed}
    assert {"facial-palsy", "cranial-nerve-palsy", "parkinsonism", "gait-change", "personality-change"} == {
        sign for status in delayed for sign in status.delayed
    }


def test_grade_1_is_a_warning_in_some_scenarios_only() -> None:
    graded = [status for status in statuses("a grade 1 over a day") if "U:exact-1" in status.reasons]

    assert {"info", "warning"} == {status.urgency for status in graded}
