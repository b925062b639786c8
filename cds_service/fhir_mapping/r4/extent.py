"""Depth and size of a JSON text, measured without reading it: no record exceeds the limits."""

from __future__ import annotations

import re
from array import array
from itertools import accumulate

_UP, _DOWN, _QUOTE = 1, 255, ord('"')
_LEAF = bytes((_UP, _DOWN))
# Removing the innermost layers first leaves little to count; removing more of them would not be faster.
_LAYERS = 4
_STEPS = bytes.maketrans(b'{[]}"', bytes((_UP, _UP, _DOWN, _DOWN, _QUOTE)))
_REST = bytes(set(range(256)) - set(b'{[]}"'))
_ESCAPED, _TEXT, _EMPTY_TEXT = re.compile(rb"\\.", re.DOTALL), re.compile(rb'"[^"]*"?'), b'""'


def depth_of(text: bytes) -> int:
    """The nesting depth of objects and arrays in a JSON text; brackets inside strings do not count."""
    if b"\\" in text:
        text = _ESCAPED.sub(b"", text)
    steps = text.translate(_STEPS, _REST).replace(_EMPTY_TEXT, b"")
    if b'"' in steps:
        steps = _TEXT.sub(b"", steps)
    peeled = 0
    while peeled < _LAYERS and _LEAF in steps:
        steps, peeled = steps.replace(_LEAF, b""), peeled + 1
    # As signed bytes: +1 for opening, -1 for closing.
    return peeled + max(accumulate(array("b", steps), initial=0))


def values_of(text: bytes) -> int:
    """The approximate number of values in a JSON text: each is the first of a list or object, or follows a comma."""
    return text.count(b",") + text.count(b"[") + text.count(b"{")
