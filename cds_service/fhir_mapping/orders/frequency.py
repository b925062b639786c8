"""How often a dosage is given, by FHIR's Timing."""

from __future__ import annotations

from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Repeat, Timing

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
# The codes of that system that say how often.
A_DAY = {"BID": 2, "TID": 3, "QID": 4, "Q4H": 6, "Q6H": 4, "Q8H": 3, "QD": 1, "QOD": 0.5, "AM": 1, "PM": 1, "BED": 1}
HOURS_A_DAY = 24
# UCUM units of time, as Timing and rates name them.
HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1, "d": 24, "wk": 168, "mo": 730.5, "a": 8766}


def times_a_day(timing: Timing | None) -> float | None:
    """How often in 24 h at the most; once where no frequency is coded; None where it is not understood."""
    if timing is None:
        return 1
    repeat = timing.repeat
    if repeat is not None and (repeat.period is not None or repeat.timeOfDay):
        return _by_repeat(repeat)
    if timing.code is not None:
        return _by_code(timing.code)
    return 1


def number_of_doses(timing: Timing | None) -> int | None:
    """How often in all; None where it is not said."""
    if timing is None:
        return None
    if timing.event:
        return len(timing.event)
    count = timing.repeat.count if timing.repeat else None
    return int(count) if count is not None and count >= 1 else None


def _by_repeat(repeat: Repeat) -> float | None:
    if repeat.period is None:
        return len(repeat.timeOfDay)
    hours = repeat.period * HOURS.get(repeat.periodUnit or "", 0)
    often = repeat.frequencyMax or repeat.frequency or max(1, len(repeat.timeOfDay))
    # More than once a minute nothing is given.
    return often * HOURS_A_DAY / hours if hours > 0 and often * HOURS["min"] <= hours else None


def _by_code(code: CodeableConcept) -> float | None:
    known = (A_DAY[coding.code] for coding in code.coding if coding.system == SYSTEM and coding.code in A_DAY)
    return next(known, None)
