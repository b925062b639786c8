"""ICE and CAPD: every score, pattern of items, age of a score and sign that contradicts it (D1-D3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.proof.patients import ALONE, CHILD, DAY, HOUR, LESS, MINUTE, SECOND, WORSE, Row, cells, patient, record
from tests.proof.scenarios import Scenario

ONE_POINT = ("orientation-year", "orientation-month", "orientation-city", "orientation-hospital",
             "following-commands", "writing", "attention")  # fmt: skip
ICE, CAPD = range(10, -1, -1), range(33)
AGES = (0, 12 * HOUR, 12 * HOUR + SECOND, 24 * HOUR, 24 * HOUR + SECOND)
DEVICES = (None, "room-air", "nasal-cannula", "high-flow-nasal-cannula", "blow-by", "face-mask", "non-rebreather",
           "venturi-mask", "cpap", "bipap", "mechanical-ventilation")  # fmt: skip
SYMPTOMS = ("confusion", "aphasia", "global-aphasia", "dysgraphia", "word-finding-difficulty", "dysarthria",
            "agitation", "hallucination", "headache", "somnolence", "facial-palsy", "parkinsonism",
            "cranial-nerve-palsy", "gait-change", "personality-change")  # fmt: skip
REASONS = ("unarousable", "sedated", "intubated", "language", "refused", "other")


# Times around a score of two hours ago.
_AROUND = (150 + SECOND, 150, 120, 60)


def item_patterns() -> Iterator[Row]:
    """Each item untested or with each possible value: 3^7 x 5 patterns, each also without naming."""
    for points in product((None, 0, 1), repeat=len(ONE_POINT)):
        others = _items(points)
        named = [patient(*others, record("ice-naming", naming)) for naming in (3, 2, 1, 0)]
        yield Row(WORSE, tuple(named))
        yield Row(LESS, (named[0], patient(*others)))
        yield Row(LESS, (named[-1], patient(*others)))


def totals_with_items() -> Iterator[Row]:
    """Every total with one pattern for each sum of tested and of untested points, which is all that the rule reads."""
    patterns = {}
    for *points, naming in product((None, 0, 1), (None, 0, 1), *[(None, 0, 1)] * 5, (None, 0, 1, 2, 3)):
        tested = sum(filter(None, (*points, naming)))
        untested = points.count(None) + 3 * (naming is None)
        patterns[tested, untested] = [*_items(points), *([] if naming is None else [record("ice-naming", naming)])]
    for items in patterns.values():
        yield Row(WORSE, tuple(patient(*items, record("ice-total", total)) for total in ICE))


def two_totals() -> Iterator[Row]:
    """Two totals, two values of one item, two items, an item and a total: around 30 min apart."""
    for apart, older in product((0, MINUTE, 29 * MINUTE, 30 * MINUTE, 30 * MINUTE + SECOND), ICE):
        first = record("ice-total", older, HOUR + apart)
        yield Row(WORSE, tuple(patient(first, record("ice-total", total, HOUR)) for total in ICE))
        naming = record("ice-naming", older % 4, HOUR + apart)
        yield Row(WORSE, tuple(patient(naming, record("ice-naming", points, HOUR)) for points in (3, 2, 1, 0)))
        failed = record("ice-writing", 0, HOUR + apart)
        yield Row(WORSE, tuple(patient(failed, record("ice-total", total, HOUR)) for total in ICE))
        yield Row(WORSE, tuple(patient(failed, record("ice-naming", points, HOUR)) for points in (3, 2, 1, 0)))


def ages_of_scores() -> Iterator[Row]:
    """Every score at each limit of its age, on the ward and at home, also on the day of a dose known only by date."""
    dosed = ((cells(),), (cells(), cells(DAY / 2, date_only=True)), ())
    for age, ambulatory, doses in product(AGES, (False, True), dosed):
        more = {"ambulatory": ambulatory, "doses": doses}
        none = patient(**more)
        scored = [patient(record("ice-total", total, age), **more) for total in ICE]
        yield Row(WORSE, tuple(scored))
        yield from (Row(LESS, (one, none)) for one in scored)
        child = [patient(record("capd-total", total, age), birth=CHILD, **more) for total in CAPD]
        yield Row(WORSE, tuple(child))
        yield from (Row(LESS, (one, none | {"birth": CHILD})) for one in child)


def capd_and_baseline() -> Iterator[Row]:
    """Every CAPD with every baseline, in a child and at 15 with developmental delay."""
    delayed = {"birth": (CHILD[0].replace(year=2010),) * 2}
    baselines = (None, *CAPD)
    for more, baseline in product(({"birth": CHILD}, delayed), baselines):
        known = [record("developmental-delay", True, 9 * DAY)]
        known += [] if baseline is None else [record("capd-total", baseline, 6 * DAY)]
        yield Row(WORSE, tuple(patient(*known, record("capd-total", total), **more) for total in CAPD))
        for older in CAPD if baseline in (None, 4) else ():
            for apart in (30 * MINUTE, 30 * MINUTE + SECOND):
                two = (record("capd-total", older, HOUR + apart), record("capd-total", 5))
                yield Row(ALONE, (patient(*known, *two, **more),))


def doubts_of_ice() -> Iterator[Row]:
    """Every ICE with every sign that may contradict it, recorded long before, within 30 min before, at and after it."""
    for signs, when in product(_signs("capd-total", CAPD), _AROUND):
        around = [sign | {"time": record("", None, when)["time"]} for sign in signs]
        scored = [patient(*around, record("ice-total", total, 120)) for total in ICE]
        yield Row(ALONE, (scored[0],))  # a sign contradicts a 10, and then its ceiling is above that of a 9
        yield Row(WORSE, tuple(scored[1:]))


def doubts_of_capd() -> Iterator[Row]:
    """Some CAPD scores (each grade, with and without baseline) with every sign before, at and after them."""
    for signs, when in product(_signs("ice-total", ICE), _AROUND):
        around = [sign | {"time": record("", None, when)["time"]} for sign in signs]
        scored = [patient(*around, record("capd-total", total, 120), birth=CHILD) for total in (0, 1, 8, 9, 32)]
        yield Row(ALONE, (scored[0],))
        yield Row(WORSE, tuple(scored[1:]))


def _items(points: tuple[int | None, ...] | list[int | None]) -> list[Scenario]:
    tested = zip(ONE_POINT, points, strict=True)
    return [record(f"ice-{item}", value) for item, value in tested if value is not None]


def _signs(other_instrument: str, scores: range) -> Iterator[tuple[Scenario, ...]]:
    """The signs: symptoms, readings of other scales, refusals, and scores of the wrong instrument."""
    yield from ((record("neuro-symptom", symptom),) for symptom in SYMPTOMS)
    yield from ((record("rass", score),) for score in range(-5, 5))
    yield from ((record("avpu", letter),) for letter in "ACVPU")
    yield from ((record(f"{name}-not-performed", why),) for name, why in product(("ice", "capd"), REASONS))
    yield from ((record(other_instrument, score),) for score in scores)
    for verbal, device in product(range(1, 6), DEVICES):
        yield record("gcs-verbal", verbal), *([record("oxygen-device", device)] if device else [])
