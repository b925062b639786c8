"""Status cards for given records, for tests of their text."""

from __future__ import annotations

from typing import Any

from tests.builders import ATC, LOINC, axi_cel, bundle, coded, given, hours_ago, observation, prefetch, quantity
from tests.hooks.client import Client

PROPOFOL, NOREPINEPHRINE = "N01AX10", "C01CA03"


def running(drug: str, hours: float) -> dict[str, Any]:
    """An infusion that began this many hours ago and is still running."""
    dose = given(drug, system=ATC, status="in-progress", effectivePeriod={"start": hours_ago(hours)})
    del dose["effectiveDateTime"]
    return dose | {"dosage": {"rateQuantity": quantity(10, "mg/h")}}


def status(client: Client, *neuro: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The status card for these neurological records."""
    return client.call(prefetch(**{"neuro": bundle(*neuro), "therapy": bundle(axi_cel())} | keys))["cards"][0]


def labels(card: dict[str, Any]) -> list[str]:
    """The labels of the suggestions."""
    return [suggestion["actions"][0]["description"] for suggestion in card.get("suggestions", ())]


def vital(code: str, value: float, unit: str) -> dict[str, Any]:
    """A vital sign recorded an hour ago."""
    return observation(code, system=LOINC, valueQuantity=quantity(value, unit))


FEVER, NO_FEVER = vital("8310-5", 39, "Cel"), vital("8310-5", 36.8, "Cel")
PRESSURE = vital("8480-6", 120, "mm[Hg]")
ROOM_AIR = (vital("59408-5", 98, "%"), coded("oxygen-device", "room-air"))
