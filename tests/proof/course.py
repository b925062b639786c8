"""A synthetic 14-day course as FHIR resources, each with the hour after the infusion when it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.builders import (
    AXI_CEL,
    LOINC,
    NOW,
    RXNORM,
    Json,
    coded,
    given,
    hours_ago,
    ice,
    observation,
    quantity,
)

DAYS = 14
HOURS = DAYS * 24
# ICE every eight hours: a baseline, a quiet start, a fall, sedation, a night without scores, recovery, a relapse.
SCORES = {
    -30: 10, 6: 10, 14: 10, 22: 10, 30: 10, 38: 10, 46: 10, 54: 10, 62: 10, 70: 10, 78: 10, 86: 9, 94: 8, 98: 7, 102: 5,
    106: 4, 110: 2, 130: 3, 134: 4, 142: 6, 150: 7, 158: 8, 190: 8, 198: 9, 206: 9, 214: 10, 222: 10, 230: 10, 238: 7,
    242: 8, 250: 9, 258: 10, 266: 10, 278: 10, 290: 10, 302: 10, 326: 10,
}  # fmt: skip
AROUSAL = dict.fromkeys(SCORES, "alert") | {
    102: "awakens-spontaneously",
    106: "awakens-to-voice",
    110: "awakens-to-touch",
    130: "awakens-to-voice",
    134: "awakens-spontaneously",
}
FEVER = {44: 38.2, 48: 38.9, 52: 39.4, 56: 39.1, 60: 38.6, 64: 38.1, 232: 38.4, 236: 38.3}
PRESSURE = {48: 95, 52: 84, 56: 82, 60: 88, 64: 92}
DEVICES = {
    52: ("nasal-cannula", 2),
    60: ("nasal-cannula", 2),
    68: ("room-air", None),
    116: ("mechanical-ventilation", None),
    126: ("nasal-cannula", 3),
    140: ("room-air", None),
}
STEROIDS = range(104, 176, 6)


class Recorded(NamedTuple):
    """A resource and the time when it was recorded; `until`: the time when it was changed."""

    hour: float
    resource: Json
    until: float | None = None


def moment(hour: float) -> datetime:
    """The time this many hours after the infusion."""
    return NOW - timedelta(hours=HOURS - hour)


def course() -> tuple[Recorded, ...]:
    """The whole record, in order of time."""
    each = [*_infusion(), *_scores(), *_vitals(), *_events(), *_drugs()]
    return tuple(sorted(each, key=lambda one: one.hour))


def known_at(hour: float, records: tuple[Recorded, ...]) -> list[Json]:
    """The resources on record at an hour."""
    return [one.resource for one in records if one.hour <= hour and (one.until is None or hour < one.until)]


def _ago(hour: float) -> float:
    return HOURS - hour


def _infusion() -> Iterator[Recorded]:
    yield Recorded(0, given(AXI_CEL, _ago(0)))


def _scores() -> Iterator[Recorded]:
    for hour, points in SCORES.items():
        yield Recorded(hour, ice(points, _ago(hour)))
    for hour, level in AROUSAL.items():
        yield Recorded(hour, coded("consciousness", level, _ago(hour)))


def _vitals() -> Iterator[Recorded]:
    for hour in range(0, HOURS, 4):
        temperature, systolic = FEVER.get(hour, 36.9), PRESSURE.get(hour, 118)
        yield _measured("8310-5", hour, quantity(temperature, "Cel"))
        yield _measured("8480-6", hour, quantity(systolic, "mm[Hg]"))
        yield _measured("59408-5", hour, quantity(96, "%"))
    for hour, (device, flow) in DEVICES.items():
        yield Recorded(hour, coded("oxygen-device", device, _ago(hour)))
        if flow is not None:
            yield _measured("3151-8", hour, quantity(flow, "L/min"))


def _measured(code: str, hour: float, value: Json) -> Recorded:
    return Recorded(hour, observation(code, _ago(hour), LOINC, valueQuantity=value))


def _events() -> Iterator[Recorded]:
    """A seizure, imaging, a symptom, a cause that is withdrawn later, and a facial palsy that is not ICANS."""
    returned = {"code": _own("seizure-returned-to-baseline"), "valueBoolean": True}
    lasted = {"code": _own("seizure-duration"), "valueQuantity": quantity(3, "min")}
    yield _coded("neuro-symptom", "dysgraphia", 91.5)
    yield Recorded(115.5, coded("seizure", "clinical-generalised", _ago(115.5), component=[lasted, returned]))
    yield _coded("neuroimaging", "normal", 118)
    yield _coded("other-cause", "sepsis", 238.5)
    yield _coded("other-cause", "none", 256)
    yield _coded("neuro-symptom", "facial-palsy", 300)


def _own(code: str) -> Json:
    return coded(code, "none")["code"]


def _coded(code: str, answer: str, hour: float) -> Recorded:
    return Recorded(hour, coded(code, answer, _ago(hour)))


def _drugs() -> Iterator[Recorded]:
    yield Recorded(46, given("161", _ago(46)))  # paracetamol
    yield Recorded(58, given("612865", _ago(58), dosage={"dose": quantity(560, "mg")}))  # tocilizumab
    for hour in STEROIDS:
        yield Recorded(hour, given("3264", _ago(hour), dosage={"dose": quantity(10, "mg")}))
    yield from _drip("8782", 116, 126)  # propofol
    yield from _drip("7512", 53, 59)  # norepinephrine


def _drip(code: str, start: float, end: float) -> Iterator[Recorded]:
    """An infusion: in progress at first, later replaced by the same resource with its end."""
    running: dict[str, Any] = {"effectiveDateTime": None, "effectivePeriod": {"start": hours_ago(_ago(start))}}
    drip = given(code, _ago(start), RXNORM, status="in-progress", **running)
    yield Recorded(start, drip, until=end)
    period = {"start": hours_ago(_ago(start)), "end": hours_ago(_ago(end))}
    yield Recorded(end, drip | {"status": "completed", "effectivePeriod": period})
