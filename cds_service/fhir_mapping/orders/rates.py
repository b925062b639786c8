"""How often and how much an order gives: frequencies, and the amount of an infusion ordered by its rate."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import NamedTuple

from cds_service.fhir_mapping.r4.datatypes import CodeableConcept, Period, Quantity, Repeat, Timing
from cds_service.fhir_mapping.r4.structs import DosageInstruction, DoseAndRate
from cds_service.fhir_mapping.read.times import parse_when

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
# The codes of that system that give a frequency.
A_DAY = {"BID": 2, "TID": 3, "QID": 4, "Q4H": 6, "Q6H": 4, "Q8H": 3, "QD": 1, "QOD": 0.5, "AM": 1, "PM": 1, "BED": 1}
HOURS_A_DAY = 24
# UCUM units of time, as used in Timing and in rates.
HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1, "d": 24, "wk": 168, "mo": 730.5, "a": 8766}


def times_a_day(timing: Timing | None) -> float | None:
    """The maximum frequency in 24 h; once if no frequency is coded; None if it is not understood."""
    if timing is None:
        return 1
    repeat = timing.repeat
    if repeat is not None and (repeat.period is not None or repeat.timeOfDay):
        return _by_repeat(repeat)
    if timing.code is not None:
        return _by_code(timing.code)
    return 1


def number_of_doses(timing: Timing | None) -> int | None:
    """The total number of doses; None if not given."""
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
    # Nothing is given more often than once a minute.
    return often * HOURS_A_DAY / hours if hours > 0 and often * HOURS["min"] <= hours else None


def _by_code(code: CodeableConcept) -> float | None:
    known = (A_DAY[coding.code] for coding in code.coding if coding.system == SYSTEM and coding.code in A_DAY)
    return next(known, None)


_HOUR = timedelta(hours=1)
# Rates may also be written in the ward's own abbreviations.
_TIMES = HOURS | {"hr": HOURS["h"], "hour": HOURS["h"], "day": HOURS["d"]}


class Rate(NamedTuple):
    """An amount per number of hours."""

    amount: Quantity
    hours: float


def infused_at_a_time(dosage: DosageInstruction) -> Quantity | None:
    """The amount of one infusion, or of its first 24 h if it is longer; None if rate or duration is unclear."""
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
    """mg/h as mg and hours; None if it is not an amount per time, or code and unit name different times."""
    spellings = [(text or "").strip().rpartition("/") for text in (rate.code, rate.unit)]
    (code, _, code_time), (unit, _, unit_time) = spellings
    hours = {_TIMES[time] for time in (code_time, unit_time) if time in _TIMES}
    if len(hours) != 1:
        return None
    amount = Quantity(value=rate.value, comparator=rate.comparator, unit=unit or None, code=code or None)
    return Rate(amount, hours.pop())


def _hours_at_a_time(timing: Timing | None) -> float | None:
    """The duration of one infusion, at most 24 h; None if not given, or longer than the day allows."""
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
    """The continuous hours from duration and period; an open end means the whole day, 0 if nothing is given."""
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
