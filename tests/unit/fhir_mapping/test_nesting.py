"""The depth of JSON, found without parsing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir_mapping.r4.extent import depth_of, values_of

TEXTS = st.text(st.sampled_from('[]{}"\\:, aé\n')) | st.text()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=30,
)


def depth(value: Any) -> int:
    """The depth of JSON, found by parsing it."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.booleans())
def test_the_depth_of_any_json(value: Any, ascii_only: bool) -> None:
    assert depth(value) == depth_of(json.dumps(value, ensure_ascii=ascii_only).encode())


def values(value: Any) -> int:
    """All values inside a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(values, inner))


@given(VALUES)
def test_no_value_is_overlooked(value: Any) -> None:
    assert values(value) <= 1 + values_of(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("text", "levels"),
    [(b"", 0), (b"]]]][", 0), (b"[" * 9, 9), (b'"[[', 0), (b'[[]"', 2), (b"\\", 0), (b"[[[]]]" * 3, 3)],
)
def test_what_is_no_json_has_a_depth_too(text: bytes, levels: int) -> None:
    assert levels == depth_of(text)
