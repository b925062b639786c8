"""CRS: the fever gate, hypotension and hypoxia, each in full, and all their ranges together (C1-C4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain, combinations, product

from tests.proof.patients import (
    ADULT,
    ALONE,
    CHILD,
    HOUR,
    LESS,
    SECOND,
    WORSE,
    Row,
    dose,
    infusion,
    patient,
    record,
)
from tests.proof.scenarios import Scenario
from tests.proof.spaces.score import DEVICES

VASOPRESSORS = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine", "vasopressin", "angiotensin-ii")
FEVER = record("body-temperature", 38.0)
NO_FEVER = record("body-temperature", 37.9)
_TREATED = ("paracetamol", "ibuprofen", "metamizole", "tocilizumab", "siltuximab", "anakinra", "dexamethasone",
            "methylprednisolone", "prednisone", "prednisolone", "hydrocortisone", "morphine")  # fmt: skip
_DAY = 24 * HOUR
# A current fever makes CRS at least 1 whatever the findings are; an earlier, treated fever allows a floor of 0.
_EARLIER_FEVER = (record("body-temperature", 39, 2 * _DAY), NO_FEVER)
_TREATMENT = (dose(_DAY, "tocilizumab"),)
# Support of circulation and of breathing, from none to the most, with devices that have no other reason.
_CIRCULATION: tuple[tuple[Scenario, ...], ...] = (
    (record("systolic-pressure", 90),),
    (record("systolic-pressure", 89.9),),
    (infusion(HOUR, "norepinephrine"),),
    (infusion(HOUR, "norepinephrine"), infusion(HOUR, "epinephrine")),
)
_BREATHING: tuple[tuple[Scenario, ...], ...] = (
    (record("oxygen-device", "room-air"), record("oxygen-saturation", 90)),
    (record("oxygen-device", "room-air"), record("oxygen-saturation", 89.9)),
    (record("oxygen-device", "non-rebreather"),),
    (record("oxygen-device", "bipap"),),
)


def fever_gates() -> Iterator[Row]:
    """Fever at each limit, now normal or not measured, before and after every drug that suppresses fever."""
    temperatures = product((37.9, 38.0), (0, _DAY, _DAY + SECOND, 3 * _DAY, 6 * _DAY), (None, HOUR, _DAY + SECOND))
    for (value, when, normal), drug, given in product(temperatures, (None, *_TREATED), (-SECOND, 0, SECOND)):
        measured = [record("body-temperature", value, when)]
        measured += [] if normal is None else [record("body-temperature", 36.5, normal)]
        for drugs in _given(drug, when + given) if drug else ():
            yield Row(ALONE, (patient(*measured, drugs=drugs),))
        yield Row(LESS, (patient(*measured), patient(*measured, drugs_checked=False)))


def vasopressors() -> Iterator[Row]:
    """Every set of vasopressors, running and ended at the limit; push doses and other drugs do not count."""
    for names in chain.from_iterable(combinations(VASOPRESSORS, n) for n in range(len(VASOPRESSORS) + 1)):
        for until, pressure in product((None, 2 * HOUR, 2 * HOUR + SECOND), (None, 90, 89)):
            measured = [FEVER, *([] if pressure is None else [record("systolic-pressure", pressure)])]
            drips = tuple(infusion(3 * HOUR, name, until) for name in names)
            yield Row(LESS, (patient(*measured, drugs=drips), patient(*measured, drugs_checked=False)))
            pushed = tuple(dose(HOUR, name) for name in names)
            yield Row(ALONE, (patient(*measured, drugs=(*pushed, infusion(HOUR, "dobutamine"))),))


def pressures() -> Iterator[Row]:
    """Systolic pressure x mean pressure x age at each limit, current and not."""
    born = (ADULT, CHILD, *(_born(years) for years in (0, 1, 10, 11)), (date(2014, 1, 1), date(2015, 12, 31)))
    systolic, mean = (None, 130, 92, 90, 89.9, 86, 85.9, 72, 71.9, 40), (None, 90, 65, 64.9)
    for birth, high, low, age in product(born, systolic, mean, (HOUR, _DAY, _DAY + SECOND)):
        found = [record("systolic-pressure", high, age)] if high else []
        found += [record("mean-pressure", low, age)] if low else []
        yield Row(ALONE, (patient(*_EARLIER_FEVER, *found, birth=birth, drugs=_TREATMENT),))
        yield Row(
            ALONE, (patient(FEVER, *found, birth=birth), patient(FEVER, *found, birth=birth, drugs_checked=False))
        )


def oxygen() -> Iterator[Row]:
    """Device x flow x saturation at each limit, with and without another reason for the airway."""
    reasons = (
        (),
        (record("seizure", "clinical-focal", 3 * HOUR, minutes=1),),
        (record("consciousness", "unarousable"),),
    )
    flows = (None, (0.5, 0), (6, 0), (6.1, 0), (2, SECOND), (8, -SECOND))
    for device, flow, saturation, age, reason in product(
        DEVICES, flows, (None, 90, 89.9), (HOUR, _DAY, _DAY + SECOND), reasons
    ):
        found = list(reason)
        found += [record("oxygen-device", device, age)] if device else []
        found += [record("oxygen-flow", flow[0], age + flow[1])] if flow else []
        found += [record("oxygen-saturation", saturation, age)] if saturation else []
        yield Row(ALONE, (patient(FEVER, *found),))
        yield Row(ALONE, (patient(*_EARLIER_FEVER, *found, drugs=_TREATMENT),))
    for first, second, apart in product(DEVICES[1:], DEVICES[1:], (0, SECOND)):
        found = [record("oxygen-device", first, HOUR + apart), record("oxygen-device", second)]
        yield Row(ALONE, (patient(FEVER, *found),))


def crs_together() -> Iterator[Row]:
    """Every state of the fever gate with every support: more support never lowers CRS."""
    for fever, drugs in (((FEVER,), ()), (_EARLIER_FEVER, _TREATMENT), ((NO_FEVER,), ()), ((), ())):
        for breathing in (*_BREATHING, ()):
            rung = tuple(_supported((*fever, *breathing), drugs, one) for one in _CIRCULATION)
            yield Row(WORSE, rung)
            yield from (Row(LESS, (one, one | {"drugs": (), "drugs_checked": False})) for one in rung)
        for circulation in (*_CIRCULATION, ()):
            yield Row(WORSE, tuple(_supported((*fever, *one), drugs, circulation) for one in _BREATHING))


def _given(drug: str, when: float) -> tuple[tuple[Scenario, ...], ...]:
    """A single dose, and an infusion that began a day earlier and ended at that time or is still running."""
    if when < 0:
        return ()
    return (dose(when, drug),), (infusion(when + _DAY, drug, when),), (infusion(when + _DAY, drug),)


def _born(years: int) -> tuple[date, date]:
    return (date(2026 - years, 3, 1),) * 2


def _supported(found: tuple[Scenario, ...], drugs: tuple[Scenario, ...], more: tuple[Scenario, ...]) -> Scenario:
    """A patient with more records or infusions."""
    records = tuple(one for one in more if "code" in one)
    return patient(*found, *records, drugs=(*drugs, *(one for one in more if "drug" in one)))
