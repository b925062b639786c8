"""What became of the data, as the extension of every answer carries it (docs/assessment-codes.md)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cds_service.fhir_mapping.data_use import DataUse, KeyUse

Json = dict[str, Any]
# A record with more unknown codes than this has one problem, not many.
MOST = 50


def data_use_json(use: DataUse) -> Json:
    """What was received, used and left out by key, and what nobody understood; nothing empty."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for unknown, number in use.not_understood:
        counted[unknown.kind, unknown.system, unknown.code, unknown.display] += number
    listed = [_filled(*named, count=number) for named, number in list(counted.items())[:MOST]]
    written = {"keys": [_key(key) for key in use.keys], "notUnderstood": listed}
    return {name: value for name, value in written.items() if value}


def _filled(kind: str, system: str, code: str, display: str, count: int) -> Json:
    named = {"kind": str(kind), "system": system, "code": code, "display": display}
    return {name: value for name, value in named.items() if value} | {"count": count}


def _key(use: KeyUse) -> Json:
    left = [{"why": why, "count": number} for why, number in use.left_out]
    counts = {"key": use.key, "received": use.received, "used": use.used}
    return counts | ({"leftOut": left} if left else {})
