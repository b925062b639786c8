"""The least that any such service must do: read the request with typed structs, find the latest ICE, answer.

It has no checks, no missing data and no history: any time above this floor is what the service adds.
"""

from __future__ import annotations

import msgspec
from flask import Flask, Response, request


class Coding(msgspec.Struct):
    code: str | None = None


class Concept(msgspec.Struct):
    coding: list[Coding] = []


class Quantity(msgspec.Struct):
    value: float | None = None


class Resource(msgspec.Struct):
    resourceType: str  # noqa: N815
    id: str | None = None
    status: str | None = None
    code: Concept | None = None
    effectiveDateTime: str | None = None  # noqa: N815
    valueInteger: int | None = None  # noqa: N815
    valueQuantity: Quantity | None = None  # noqa: N815


class Entry(msgspec.Struct):
    resource: Resource


class Fetched(msgspec.Struct):
    resourceType: str  # noqa: N815
    entry: list[Entry] = []


class Call(msgspec.Struct):
    hook: str
    prefetch: dict[str, Fetched] = {}


_call = msgspec.json.Decoder(Call)
app = Flask(__name__)


@app.post("/cds-services/icans-patient-view")
def answer() -> Response:
    """The grade of the latest ICE."""
    call = _call.decode(request.get_data())
    latest = ("", 0)
    for fetched in call.prefetch.values():
        for entry in fetched.entry:
            one = entry.resource
            if one.code is None or one.valueInteger is None:
                continue
            if any(coding.code == "ice-total" for coding in one.code.coding):
                latest = max(latest, (one.effectiveDateTime or "", one.valueInteger))
    points = latest[1]
    grade = 0 if points == 10 else 1 if points >= 7 else 2 if points >= 3 else 3
    card = {"summary": f"ICANS grade {grade}", "indicator": "info", "source": {"label": "floor"}}
    return Response(msgspec.json.encode({"cards": [card]}), mimetype="application/json")
