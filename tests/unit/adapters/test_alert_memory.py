"""The keyed hashes of the memory: the same for the same parts, whatever machine makes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cds_service.adapters.alert_memory import AlertMemory


def memory(key: str = "key") -> AlertMemory:
    return AlertMemory(None, key, timedelta(hours=8))


def test_a_mark_is_the_same_on_every_machine() -> None:
    expected = "4158965f5435ce5c73e363476b1728339f7288fca04e09d17bada352a2e90b56"

    assert expected == memory().mark("whose", "icans-patient-view icansGrade2 warning", '{"icans":[2,2,2,2]}')


@pytest.mark.parametrize(
    "other",
    [
        memory("other").mark("whose", "card", "basis"),
        memory().mark("who", "card", "basis"),
        memory().mark("whose", "other", "basis"),
        memory().mark("whose", "card", "other"),
        memory().mark("whose", "card", "bas", "is"),
    ],
)
def test_each_part_and_the_key_change_it(other: str) -> None:
    assert memory().mark("whose", "card", "basis") != other
