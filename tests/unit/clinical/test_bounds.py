"""A value known only as a bound decides only what the bound settles."""

from __future__ import annotations

import pytest

from cds_service.clinical.facts.patient import Record
from tests.builders import NOW


@pytest.mark.parametrize(
    ("comparator", "value", "at_least", "more_than"),
    [
        ("", 37.9, False, False),
        ("", 38, True, False),
        ("", 38.1, True, True),
        (">", 37.9, None, None),
        (">", 38, True, True),
        (">=", 38, True, None),
        (">=", 37.9, None, None),
        ("<", 38, False, False),
        ("<", 38.1, None, None),
        ("<=", 37.9, False, False),
        ("<=", 38, None, False),
        ("<=", 38.1, None, None),
    ],
)
def test_a_bound_settles_a_limit_or_leaves_it_open(
    comparator: str, value: float, at_least: bool | None, more_than: bool | None
) -> None:
    finding = Record(NOW, "body-temperature", value, comparator=comparator)

    assert (at_least, more_than) == (finding.at_least(38), finding.more_than(38))
