"""Infusions that are ordered by their rate: how much runs in, where rate and time are both clear."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import NamedTuple

from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Period, Quantity, Repeat, Timing
from cds_service.fhir_mapping.r4.structs import DosageInstruction, DoseAndRate
from cds_service.fhir_mapping.read.times import parse_when

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


_HOUR = timedelta(hours=1)
# Rates are also written with the words of the ward.
_TIMES = HOURS | {"hr": HOURS["h"], "hour": HOURS["h"], "day": HOURS["d"]}


class Rate(NamedTuple):
    """An amount in so many hours."""

    amount: Quantity
    hours: float


def infused_at_a_time(dosage: DosageInstruction) -> Quantity | None:
    """What an infusion gives at a time, of a longer one in the first 24 h; None where rate or time is not clear."""
    rates = [rate for given in dosage.doseAndRate if (rate := _rate(given)) is not None]
    hours = _hours_at_a_time(dosage.timing)
    if len(rates) != 1 or len(dosage.doseAndRate) != 1 or hours is None:
        return None
    amount, per = rates[0]
    value = None if amount.value is None else amount.value * hours / per
    return Quantity(value=value, comparator=amount.comparator, unit=amount.unit, code=amount.code)


def _rate(given: DoseAndRate) -> Rate | None:
    ratio = given.rateRatio
    if given.rateQuantity is not None:
        return _per_time(given.rateQuantity)
    if ratio is None or ratio.numerator is None or ratio.denominator is None:
        return None
    time = ratio.denominator
    hours = (time.value or 0) * _TIMES.get(time.code or time.unit or "", 0)
    return Rate(ratio.numerator, hours) if hours > 0 and not time.comparator else None


def _per_time(rate: Quantity) -> Rate | None:
    """mg/h as mg and hours; None where it is no amount in a time, or code and unit name different times."""
    spellings = [(text or "").strip().rpartition("/") for text in (rate.code, rate.unit)]
    (code, _, code_time), (unit, _, unit_time) = spellings
    hours = {_TIMES[time] for time in (code_time, unit_time) if time in _TIMES}
    if len(hours) != 1:
        return None
    amount = Quantity(value=rate.value, comparator=rate.comparator, unit=unit or None, code=code or None)
    return Rate(amount, hours.pop())


def _hours_at_a_time(timing: Timing | None) -> float | None:
    """How long it runs each time, 24 h at the most; None where that is not said, or would be more than the day has."""
    repeat, often = timing.repeat if timing else None, times_a_day(timing)
    if repeat is None or often is None:
        return None
    if repeat.duration is not None:
        hours = (repeat.durationMax or repeat.duration) * HOURS.get(repeat.durationUnit or "", 0)
    elif often == 1 and repeat.period is None and timing is not None and timing.code is None:
        hours = _hours_between(repeat.boundsDuration, repeat.boundsPeriod)
    else:
        return None
    fits = often <= 1 or hours * often <= HOURS_A_DAY
    return min(hours, HOURS_A_DAY) if hours > 0 and fits else None


def _hours_between(duration: Quantity | None, period: Period | None) -> float:
    """For how long without a pause; an open end is the whole day, 0 where nothing is said."""
    if duration is not None:
        known = not duration.comparator and duration.value is not None
        return (duration.value or 0) * _TIMES.get(duration.code or duration.unit or "", 0) if known else 0
    start = parse_when(period.start, UTC) if period else None
    if period is None or start is None:
        return 0
    if period.end is None:
        return HOURS_A_DAY
    end = parse_when(period.end, UTC)
    return (end.moment - start.moment) / _HOUR if end and not (start.date_only or end.date_only) else 0
