"""The table of the repeat-alert policy: what it may say, and that nothing in it makes a critical card quieter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cds_service.clinical.status.urgency import Reason, Row, Urgency
from cds_service.clinical.tables.vocabulary import Indicator
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge
from cds_service.knowledge.repetition import load_repeat_policy
from cds_service.rendering.card import Card
from cds_service.rendering.repetition import Answered, RepeatPolicy
from tests.builders import NOW

TABLE = """
[window]
accepted = "PT8H"
overridden = "PT4H"
[quieter]
warning = "info"
[never]
topics = ["icansDataMissing"]
"""


def loaded(text: str, tmp_path: Path) -> RepeatPolicy:
    file = tmp_path / "repetition.toml"
    file.write_text(text)
    return load_repeat_policy(file)


def card(indicator: str, topic: str = "icansGrade2") -> Card:
    return Card("status", "", "", Urgency(Indicator(indicator), (Reason(Row.EXACT_2, "2"),)), topic, ())


def test_the_packaged_policy_is_that_of_the_contract(knowledge: Knowledge) -> None:
    policy = knowledge.repetition
    assert {"accepted": timedelta(hours=8), "overridden": timedelta(hours=8)} == policy.window
    assert {Indicator.WARNING: Indicator.INFO} == policy.quieter
    assert timedelta(hours=8) == policy.longest


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('warning = "info"', 'critical = "warning"', "quieter: only a warning"),
        ('warning = "info"', 'warning = "silent"', "Invalid enum value 'silent'"),
        ('warning = "info"', 'info = "info"', "quieter: only a warning"),
        ("accepted", "ignored", "window: needs each of accepted, overridden"),
        ('"PT8H"', '"PT0H"', "window: must be longer than 0"),
        ('"PT8H"', '"8 h"', "repetition.toml"),
        ("icansDataMissing", "icansDataMising", "'icansDataMising'"),
        ("[never]", "[newer]", "repetition.toml"),
    ],
)
def test_a_table_that_must_not_be_followed_is_refused(tmp_path: Path, old: str, new: str, wrong: str) -> None:
    with pytest.raises(KnowledgeError, match=wrong):
        loaded(TABLE.replace(old, new), tmp_path)


def test_critical_stays_critical_even_by_a_table_that_says_otherwise() -> None:
    careless = RepeatPolicy({}, {Indicator.CRITICAL: Indicator.WARNING}, frozenset())
    assert None is careless.step(card("critical"))


def test_a_step_is_one_and_some_cards_take_none(tmp_path: Path) -> None:
    policy = loaded(TABLE, tmp_path)
    assert [Indicator.INFO, None, None] == [
        policy.step(one) for one in (card("warning"), card("info"), card("warning", "icansDataMissing"))
    ]


def test_each_outcome_has_a_window_of_its_own_and_the_longest_end_counts(tmp_path: Path) -> None:
    policy = loaded(TABLE, tmp_path)
    accepted = Answered("m", "accepted", NOW)
    overridden = Answered("m", "overridden", NOW + timedelta(hours=1))

    assert (NOW + timedelta(hours=8), accepted) == policy.repetition("m", [accepted, overridden])
    assert (NOW + timedelta(hours=5), overridden) == policy.repetition("m", [overridden])
    assert None is policy.repetition("other", [accepted, overridden])
