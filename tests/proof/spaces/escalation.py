"""Corticosteroids over a course: what prompts a review, what prevents one, ICANS arising on treatment (E0-E3, T8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.proof.patients import ALONE, DAY, HOUR, SECOND, Row, dose, infusion, patient, record
from tests.proof.scenarios import Scenario
from tests.proof.spaces.advice import steroid
from tests.proof.spaces.unread import unread

_TIMES = (40 * HOUR, 24 * HOUR, 12 * HOUR, HOUR)


def _course(points: tuple[int | None, ...]) -> list[Scenario]:
    """An alert patient with an ICE, or none, at each time."""
    scored = [(one, when) for one, when in zip(points, _TIMES, strict=True) if one is not None]
    found = [record("ice-total", one, when) for one, when in scored]
    return [*found, *(record("consciousness", "alert", when) for _, when in scored)]


def reviews() -> Iterator[Row]:
    """Every course of four scores, with the first dose at each limit of 24 h and further doses after it."""
    begun = (40 * HOUR, 24 * HOUR + SECOND, 24 * HOUR, 24 * HOUR - SECOND, 2 * HOUR)
    for points, first in product(product((10, 8, 5, 1), repeat=len(_TIMES)), begun):
        drugs = (steroid(first), *(steroid(when) for when in (13 * HOUR, 2 * HOUR) if when < first))
        yield Row(ALONE, (patient(*_course(points), drugs=drugs),))
    for points in product((10, 5, None), repeat=len(_TIMES)):
        given = (
            steroid(24 * HOUR),
            infusion(25 * HOUR, "dexamethasone"),
            steroid(24 * HOUR + SECOND),
            dose(2, "morphine"),
        )
        yield from (Row(ALONE, (patient(*_course(points), drugs=(one,)),)) for one in given)


def escalations() -> Iterator[Row]:
    """A larger dose, and each agent for refractory ICANS, around 1.5 times and 6 h, with and without a rise since."""
    agents = ("anakinra", "siltuximab", "ruxolitinib", "emapalumab", "cyclophosphamide", "tocilizumab")
    whens = (6 * HOUR, 6 * HOUR - SECOND, HOUR)
    larger = [(steroid(when, mg),) for when, mg in product(whens, (10, 14.9, 15, None))]
    larger += [(steroid(when, mg, "methylprednisolone"),) for when, mg in product(whens, (79, 80))]
    larger += [(dose(when, agent),) for when, agent in product((*whens, 50 * HOUR), agents)]
    larger += [(dose(HOUR, "anakinra"), dose(50 * HOUR, "anakinra"))]
    larger += [(dose(HOUR, "methotrexate") | {"intrathecal": True},)]
    for points, more, known in product(((5, 5, 5, 5), (5, 5, 5, 1), (8, 5, 5, 5)), larger, (10, None)):
        drugs = (steroid(40 * HOUR, known), steroid(28 * HOUR, known), steroid(16 * HOUR, known), *more)
        yield Row(ALONE, (patient(*_course(points), drugs=drugs),))


def arisen_on_a_corticosteroid() -> Iterator[Row]:
    """Doses before the first grade, at each limit and of each amount around the lowest option; then a response."""
    first = HOUR  # the first grade of this episode
    befores = (first + DAY, first + DAY + SECOND, first, first - SECOND, first + 6 * HOUR)
    amounts = (19.9, 20, 187.4, 187.5, None)
    answers = ((), (steroid(30, 10),), (steroid(30, 30),), (steroid(30, 1000, "methylprednisolone"),))
    for when, mg, answer, points in product(befores, amounts, answers, (5, 1)):
        drugs = (steroid(when, mg), *answer)
        found = _course((10, 10, 10, points))
        yield Row(ALONE, (patient(*found, drugs=drugs),))
        running = infusion(when, "dexamethasone") | {"mg": mg}
        yield Row(ALONE, (patient(*found, drugs=(running, *answer)),))


def uncertain_amounts() -> Iterator[Row]:
    """An unreadable corticosteroid, or one dated without a time, beside a readable one."""
    spans = ((None, None), (DAY, HOUR), (DAY + SECOND, HOUR), (3 * DAY, DAY + SECOND), (3 * DAY, DAY))
    for span, given, mg, known in product(spans, (True, False), (10, None), ((), (steroid(HOUR),))):
        records = (unread("dexamethasone", *span, given=given, mg=mg),)
        yield Row(ALONE, (patient(*_course((5, 5, 5, 5)), drugs=known, unread_drugs=records),))


def flares() -> Iterator[Row]:
    """Improvement on a corticosteroid, then deterioration; tapered, stopped, or still given."""
    for points, last in product(product((10, 8, 5, 1), repeat=len(_TIMES)), (2 * HOUR, 24 * HOUR, 24 * HOUR + SECOND)):
        yield Row(ALONE, (patient(*_course(points), drugs=(steroid(39 * HOUR), steroid(last))),))
