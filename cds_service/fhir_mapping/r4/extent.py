"""How deep and how wide JSON goes, without reading it: what is more than any record has no reader."""

from __future__ import annotations

import re
from array import array
from itertools import accumulate

_UP, _DOWN, _QUOTE = 1, 255, ord('"')
_LEAF = bytes((_UP, _DOWN))
# Taking the innermost layers off first leaves little to count; more than these would not pay.
_LAYERS = 4
_STEPS = bytes.maketrans(b'{[]}"', bytes((_UP, _UP, _DOWN, _DOWN, _QUOTE)))
_REST = bytes(set(range(256)) - set(b'{[]}"'))
_ESCAPED, _TEXT, _EMPTY_TEXT = re.compile(rb"\\.", re.DOTALL), re.compile(rb'"[^"]*"?'), b'""'


def depth_of(text: bytes) -> int:
    """Levels of objects and arrays in a JSON text; brackets inside strings do not count."""
    if b"\\" in text:
        text = _ESCAPED.sub(b"", text)
    steps = text.translate(_STEPS, _REST).replace(_EMPTY_TEXT, b"")
    if b'"' in steps:
        steps = _TEXT.sub(b"", steps)
    peeled = 0
    while peeled < _LAYERS and _LEAF in steps:
        steps, peeled = steps.replace(_LEAF, b""), peeled + 1
    # As signed bytes: one up, one down.
    return peeled + max(accumulate(array("b", steps), initial=0))


def values_of(text: bytes) -> int:
    """About how many values a JSON text has: each is the first of a list or object, or comes after a comma."""
    return text.count(b",") + text.count(b"[") + text.count(b"{")
