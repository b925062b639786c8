"""Consciousness: every reading of every scale, alone and combined with every other (D4)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.proof.patients import (
    ADULT,
    ALONE,
    CHILD,
    DAY,
    HOUR,
    LESS,
    MINUTE,
    SECOND,
    WORSE,
    Row,
    cells,
    patient,
    record,
)
from tests.proof.scenarios import Scenario
from tests.proof.spaces.score import AGES

WORDING = ("alert", "awakens-spontaneously", "awakens-to-voice", "awakens-to-touch", "unarousable")
RASS = range(4, -6, -1)
EYES, VERBALS, MOTORS, TOTALS = (range(high, low - 1, -1) for high, low in ((4, 1), (5, 1), (6, 1), (15, 3)))
# One Glasgow coma scale for each row of the table in D4.
GLASGOW = ((4, 5, 6, None), (4, 4, 6, None), (4, 5, 5, None), (4, None, None, None), (3, 1, 6, None), (3, 5, 5, None),
           (2, 5, 6, None), (1, 1, 1, None), (None, None, None, 15), (None, None, None, 14), (None, None, None, 9),
           (None, None, None, 8), (None, None, None, 4), (None, None, None, 3))  # fmt: skip
SCALES = (
    tuple(("consciousness", value) for value in WORDING),
    tuple(("avpu", letter) for letter in "ACVPU"),
    tuple(("rass", score) for score in RASS),
)


def glasgow_combinations() -> Iterator[Row]:
    """Every combination of eye, verbal and motor response and total, each possibly missing: 5 x 6 x 7 x 14."""
    for gcs in product((*EYES, None), (*VERBALS, None), (*MOTORS, None), (*TOTALS, None)):
        yield Row(ALONE, (patient(*glasgow(*gcs)),))


def glasgow_ladders() -> Iterator[Row]:
    """One response getting worse with the others fixed; and the total alone."""
    for verbal, motor in product((*VERBALS, None), (*MOTORS, None)):
        yield Row(WORSE, tuple(patient(*glasgow(eye, verbal, motor)) for eye in EYES))
    for eye, motor in product((*EYES, None), (*MOTORS, None)):
        yield Row(WORSE, tuple(patient(*glasgow(eye, verbal, motor)) for verbal in VERBALS))
    for eye, verbal in product((*EYES, None), (*VERBALS, None)):
        yield Row(WORSE, tuple(patient(*glasgow(eye, verbal, motor)) for motor in MOTORS))
    yield Row(WORSE, tuple(patient(*glasgow(None, None, None, total)) for total in TOTALS))


def ages_of_readings() -> Iterator[Row]:
    """Every reading at each limit of its age, with other scales on and off, also on the day of a dose."""
    dosed = ((cells(),), (cells(), cells(DAY / 2, date_only=True)), ())
    for age, ambulatory, other_scales, doses in product(AGES, (False, True), (True, False), dosed):
        more = {"ambulatory": ambulatory, "other_scales": other_scales, "doses": doses}
        none = patient(**more)
        for readings in _each(age):
            yield Row(LESS, (patient(*readings, **more), none))


def joined_readings() -> Iterator[Row]:
    """Every pair of readings: at once, 60 min apart, further apart, and with the older one no longer current."""
    for (apart, newest), older in product(_APART, list(_each(0))):
        earlier = [reading | {"time": record("", None, newest + apart)["time"]} for reading in older]
        for ladder in SCALES:
            yield Row(WORSE, tuple(patient(*earlier, record(*reading, newest)) for reading in ladder))
        for gcs in GLASGOW:
            yield Row(ALONE, (patient(*earlier, *glasgow(*gcs, minutes=newest)),))
        refused = record("ice-not-performed", "unarousable", newest)
        yield Row(ALONE, (patient(*earlier, refused),))


def without_a_common_language() -> Iterator[Row]:
    """Every verbal response with and without a language barrier as the newest entry on the ICE; also in a child."""
    refused = record("ice-not-performed", "language", 2 * HOUR)
    words: tuple[list[Scenario], ...] = (
        [refused],
        [refused, record("ice-total", 8, 2 * HOUR)],
        [refused, record("ice-total", 8, 3 * HOUR)],
        [refused, record("ice-total", 8, HOUR)],
        [refused, record("ice-not-performed", "refused", 90)],
        [refused, record("ice-not-performed", "other", 2 * HOUR)],
        [refused, record("capd-not-performed", "language", HOUR)],
        [record("ice-not-performed", "language", 12 * HOUR)],
        [record("ice-not-performed", "language", 12 * HOUR + SECOND)],
    )
    older = ([], [record("consciousness", "alert", 3 * HOUR)], [record("avpu", "P", 3 * HOUR)])
    for said, before, birth in product(words, older, (ADULT, CHILD)):
        for gcs in product((*EYES, None), (*VERBALS, None), (1, 6, None), (None, 8, 14)):
            yield Row(ALONE, (patient(*said, *before, *glasgow(*gcs), birth=birth),))
        for letter in "ACVPU":
            yield Row(ALONE, (patient(*said, *before, record("avpu", letter), birth=birth),))


def glasgow(
    eye: int | None, verbal: int | None, motor: int | None, total: int | None = None, minutes: float = HOUR
) -> list[Scenario]:
    """The records of one Glasgow coma scale."""
    values = {"gcs-eye": eye, "gcs-verbal": verbal, "gcs-motor": motor, "gcs-total": total}
    return [record(code, value, minutes) for code, value in values.items() if value is not None]


_APART = (
    (0, HOUR),
    (HOUR, HOUR),
    (HOUR + SECOND, HOUR),
    (30 * MINUTE, 12 * HOUR),
    (0, 12 * HOUR + SECOND),
)


def _each(minutes: float) -> Iterator[list[Scenario]]:
    yield from ([record(*reading, minutes)] for ladder in SCALES for reading in ladder)
    yield from (glasgow(*gcs, minutes=minutes) for gcs in GLASGOW)
    yield from ([record(f"{name}-not-performed", "unarousable", minutes)] for name in ("ice", "capd"))
